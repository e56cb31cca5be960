package io.kubrig.apiserver.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The state of all keys at one revision. Immutable: reading it never waits for a writer. */
public final class Snapshot {
  private final long revision;
  private final SortedEntries entries;

  Snapshot(long revision, SortedEntries entries) {
    this.revision = revision;
    this.entries = entries;
  }

  public long revision() {
    return revision;
  }

  public Optional<Entry> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  /**
   * Visits the entries under a prefix in key order, beginning with the first key not below {@code from}, until the visitor answers false.
   */
  public void scan(String prefix, String from, Predicate<Entry> visitor) {
    entries.scan(from.compareTo(prefix) > 0 ? from : prefix, end(prefix), visitor);
  }

  public List<Entry> list(String prefix) {
    List<Entry> found = new ArrayList<>();
    scan(prefix, prefix, found::add);
    return found;
  }

  /** How many keys under the prefix are not below {@code from}. */
  public int count(String prefix, String from) {
    return entries.count(from.compareTo(prefix) > 0 ? from : prefix, end(prefix));
  }

  public int size() {
    return entries.size();
  }

  SortedEntries entries() {
    return entries;
  }

  /** The first key after all keys with this prefix (a prefix ends in a slash). */
  private static String end(String prefix) {
    int last = prefix.length() - 1;
    return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
  }
}
