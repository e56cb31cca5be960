package io.kubrig.apiserver.storage;

import java.util.Optional;

/** What became of a {@link Write}. */
public sealed interface Outcome {

  /**
   * The write is durable.
   *
   * @param entry the new version; of a delete, the last one, with {@code revision} as the revision of its end
   */
  record Committed(Entry entry, long revision) implements Outcome {}

  /** The key was not at the expected revision; nothing was written. */
  record Conflict(Optional<Entry> current) implements Outcome {}
}
