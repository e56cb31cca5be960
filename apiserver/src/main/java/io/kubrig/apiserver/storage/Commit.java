package io.kubrig.apiserver.storage;

import java.util.Optional;

/** Turns a write that holds into the change that it is. */
final class Commit {
  private Commit() {}

  static Change change(Write write, Optional<Entry> current, long revision) {
    return switch (write) {
      case Write.Put put -> {
        long created = current.map(Entry::created).orElse(revision);
        Entry entry = new Entry(put.key(), Splice.resourceVersion(put.value(), revision), created, revision, put.expires());
        entry.facts(put.facts());
        yield new Change(revision, current.orElse(null), entry);
      }
      case Write.Delete delete -> new Change(revision, current.orElseThrow(), null);
    };
  }
}
