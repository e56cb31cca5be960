package io.kubrig.apiserver.storage;

import java.time.Instant;

/** A change of one key that holds only while the key is at an expected revision. */
public sealed interface Write {
  String key();

  /** The revision that the key must be at; 0 when it must not exist. */
  long expected();

  /**
   * Creates or replaces a value.
   *
   * @param value the object's JSON without {@code metadata.resourceVersion}; the storage splices the revision in
   * @param expires null for never
   * @param facts carried over to the {@link Entry}
   */
  record Put(String key, long expected, byte[] value, Instant expires, Object facts) implements Write {}

  record Delete(String key, long expected) implements Write {}
}
