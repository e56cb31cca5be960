package io.kubrig.apiserver.storage;

import java.time.Instant;
import java.util.Arrays;

/**
 * The changes of the recent past, each with the state before it, in the order of their revisions: a ring that grows. Guarded by its
 * keyspace.
 */
final class History {
  private Past[] ring = new Past[256];
  private int first;
  private int size;

  /**
   * @param before the state that the change ended; not every revision has a change
   * @param bytes what remembering it is taken to cost
   */
  record Past(Instant at, SortedEntries before, Change change, long bytes) {}

  int size() {
    return size;
  }

  /** The change at a position; 0 is the oldest. */
  Past at(int position) {
    return ring[(first + position) & (ring.length - 1)];
  }

  void add(Past past) {
    if (size == ring.length) {
      Past[] larger = new Past[size * 2];
      System.arraycopy(ring, first, larger, 0, size - first);
      System.arraycopy(ring, 0, larger, size - first, first);
      ring = larger;
      first = 0;
    }
    ring[(first + size) & (ring.length - 1)] = past;
    size++;
  }

  Past removeOldest() {
    Past past = ring[first];
    ring[first] = null;
    first = (first + 1) & (ring.length - 1);
    size--;
    return past;
  }

  void clear() {
    Arrays.fill(ring, null);
    first = 0;
    size = 0;
  }

  /** The position of the first change with a greater revision; the size when there is none. */
  int after(long revision) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(middle).change.revision() <= revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
