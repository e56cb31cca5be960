package io.kubrig.apiserver.storage;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * One committed change of a key. What is encoded for one watcher is kept here for all others.
 */
public final class Change {
  private final long revision;
  private final Entry before;
  private final Entry after;
  private volatile ConcurrentHashMap<String, byte[]> encodings;

  /**
   * @param before null for a creation
   * @param after null for a deletion
   */
  public Change(long revision, Entry before, Entry after) {
    this.revision = revision;
    this.before = before;
    this.after = after;
  }

  public long revision() {
    return revision;
  }

  /** Null for a creation. */
  public Entry before() {
    return before;
  }

  /** Null for a deletion. */
  public Entry after() {
    return after;
  }

  public String key() {
    return after != null ? after.key() : before.key();
  }

  /** The shared encoding under a name (event type, version and media type), made on first demand. */
  public byte[] encoding(String name, Supplier<byte[]> encoder) {
    return encodings().computeIfAbsent(name, ignored -> encoder.get());
  }

  private ConcurrentHashMap<String, byte[]> encodings() {
    ConcurrentHashMap<String, byte[]> known = encodings;
    if (known == null) {
      synchronized (this) {
        if (encodings == null) {
          encodings = new ConcurrentHashMap<>(2);
        }
        known = encodings;
      }
    }
    return known;
  }

  /** Lets the encodings go; who still wants one makes it again. */
  void forgetEncodings() {
    encodings = null;
  }
}
