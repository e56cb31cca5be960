package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What clients of a storage did and saw, with when, and the proof that one order explains all of it: the order of the revisions.
 *
 * <p>An operation lies between two revisions: the greatest that had been answered to anybody before it began, and the greatest of the
 * writes that had begun before it ended. What it saw must have been so at a revision between them. That is linearizability of every key,
 * and of lists over all keys.
 */
final class Observations {
  private final ConcurrentLinkedQueue<Committed> writes = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Saw> reads = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Listed> lists = new ConcurrentLinkedQueue<>();

  /** @param value null for a deletion */
  record Committed(String key, long expected, long revision, String value, long began, long ended) {}

  /** @param revision of the key, 0 where it was not there */
  record Saw(String key, long revision, String value, long began, long ended) {}

  record Listed(long revision, Map<String, Long> revisions, long began, long ended) {}

  void wrote(String key, long expected, long revision, String value, long began) {
    writes.add(new Committed(key, expected, revision, value, began, System.nanoTime()));
  }

  void saw(String key, Optional<Entry> entry, long began) {
    reads.add(new Saw(key, entry.map(Entry::modified).orElse(0L), entry.map(Observations::value).orElse(null), began, System.nanoTime()));
  }

  void listed(Snapshot snapshot, String prefix, long began) {
    Map<String, Long> revisions = new HashMap<>();
    snapshot.list(prefix).forEach(entry -> revisions.put(entry.key(), entry.modified()));
    lists.add(new Listed(snapshot.revision(), revisions, began, System.nanoTime()));
  }

  static String value(Entry entry) {
    String json = new String(entry.value(), StandardCharsets.UTF_8);
    int from = json.indexOf("\"v\":\"") + 5;
    return json.substring(from, json.indexOf('"', from));
  }

  int size() {
    return writes.size() + reads.size() + lists.size();
  }

  /** The writes by revision. */
  TreeMap<Long, Committed> order() {
    TreeMap<Long, Committed> order = new TreeMap<>();
    for (Committed write : writes) {
      assertThat(order.put(write.revision, write)).as("revision %d was given twice", write.revision).isNull();
    }
    return order;
  }

  /**
   * Fails with what cannot be explained.
   *
   * @param base the revision before the first write
   */
  void check(long base) {
    TreeMap<Long, Committed> order = order();
    checkDense(order, base);
    Map<String, TreeMap<Long, Committed>> byKey = new HashMap<>();
    order.values().forEach(write -> byKey.computeIfAbsent(write.key, key -> new TreeMap<>()).put(write.revision, write));
    checkWrites(byKey);
    Bounds bounds = new Bounds(order.values(), base);
    for (Committed write : order.values()) {
      assertThat(write.revision).as("%s against what had been answered before it began", write)
          .isGreaterThan(bounds.answeredBefore(write.began));
    }
    for (Saw read : reads) {
      checkRead(read, byKey.getOrDefault(read.key, new TreeMap<>()), bounds);
    }
    for (Listed list : lists) {
      assertThat(list.revision).as("revision of a list").isBetween(bounds.answeredBefore(list.began), bounds.begunBefore(list.ended));
      assertThat(list.revisions).as("the state listed at revision %d", list.revision).isEqualTo(stateAt(byKey, list.revision));
    }
  }

  private static void checkDense(TreeMap<Long, Committed> order, long base) {
    long revision = base;
    for (long next : order.keySet()) {
      assertThat(next).as("the revision after %d", revision).isEqualTo(++revision);
    }
  }

  /** Every write of a key was decided upon the one before it. */
  private static void checkWrites(Map<String, TreeMap<Long, Committed>> byKey) {
    for (TreeMap<Long, Committed> writes : byKey.values()) {
      long current = 0;
      for (Committed write : writes.values()) {
        assertThat(write.expected).as("what %s was decided upon", write).isEqualTo(current);
        current = write.value == null ? 0 : write.revision;
      }
    }
  }

  private static void checkRead(Saw read, TreeMap<Long, Committed> writes, Bounds bounds) {
    long low = bounds.answeredBefore(read.began);
    long high = bounds.begunBefore(read.ended);
    if (read.revision != 0) {
      Committed write = writes.get(read.revision);
      assertThat(write).as("the write that %s saw", read).isNotNull();
      assertThat(write.value).as("what %s saw", read).isEqualTo(read.value);
      Long next = writes.higherKey(read.revision);
      assertThat(read.revision).as("%s saw what was not written yet", read).isLessThanOrEqualTo(high);
      assertThat(next == null || next > low).as("%s saw what revision %s had replaced before", read, next).isTrue();
      return;
    }
    boolean absent = absentAt(writes, low);
    for (long at = low; !absent && at <= high; at++) {
      absent = absentAt(writes, at);
    }
    assertThat(absent).as("%s saw no key that was there from %d to %d", read, low, high).isTrue();
  }

  private static boolean absentAt(TreeMap<Long, Committed> writes, long revision) {
    var last = writes.floorEntry(revision);
    return last == null || last.getValue().value == null;
  }

  private static Map<String, Long> stateAt(Map<String, TreeMap<Long, Committed>> byKey, long revision) {
    Map<String, Long> state = new HashMap<>();
    byKey.forEach(
        (key, writes) -> {
          if (!absentAt(writes, revision)) {
            state.put(key, writes.floorKey(revision));
          }
        });
    return state;
  }

  /** A watch from a revision to another has delivered exactly the changes of its prefix between them, in order. */
  void checkWatch(String prefix, long after, long until, List<Change> delivered) {
    List<Long> expected = new ArrayList<>();
    for (Committed write : order().subMap(after, false, until, true).values()) {
      if (write.key.startsWith(prefix)) {
        expected.add(write.revision);
      }
    }
    assertThat(delivered.stream().map(Change::revision).toList()).as("the changes under %s after %d", prefix, after).isEqualTo(expected);
    TreeMap<Long, Committed> order = order();
    for (Change change : delivered) {
      Committed write = order.get(change.revision());
      assertThat(change.after() == null ? null : value(change.after())).as("the change %s", write).isEqualTo(write.value);
      assertThat(change.before() == null ? 0 : change.before().modified()).as("what was before %s", write).isEqualTo(write.expected);
    }
  }

  /** Which revisions were known by whom at a moment. */
  private static final class Bounds {
    private final TreeMap<Long, Long> answered = new TreeMap<>();
    private final TreeMap<Long, Long> begun = new TreeMap<>();
    private final long base;

    Bounds(Collection<Committed> writes, long base) {
      this.base = base;
      writes.forEach(write -> answered.merge(write.ended, write.revision, Math::max));
      writes.forEach(write -> begun.merge(write.began, write.revision, Math::max));
      ascend(answered);
      ascend(begun);
    }

    private static void ascend(TreeMap<Long, Long> revisions) {
      long[] most = new long[1];
      revisions.replaceAll((time, revision) -> most[0] = Math.max(most[0], revision));
    }

    long answeredBefore(long time) {
      var entry = answered.lowerEntry(time);
      return entry == null ? base : entry.getValue();
    }

    long begunBefore(long time) {
      var entry = begun.floorEntry(time);
      return entry == null ? base : entry.getValue();
    }
  }
}
