package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random traffic from many clients at once, whose every observation is then checked against the order of the revisions. */
class StorageHistoryTest {
  private static final int OPERATIONS = 1500;
  private static final String ROOT = RandomTraffic.ROOT;

  @TempDir Path dir;

  @Test
  void memory_storage_is_linearizable_and_its_watches_are_complete() throws Exception {
    for (int round = 0; round < 3; round++) {
      try (Storage storage = new MemoryStorage(Clock.system())) {
        RandomTraffic.check(storage, seed(), OPERATIONS);
      }
    }
  }

  @Test
  void embedded_storage_is_linearizable_and_its_watches_are_complete() throws Exception {
    try (Storage storage = EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system())) {
      RandomTraffic.check(storage, seed(), OPERATIONS);
    }
    try (Storage storage = EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system())) {
      RandomTraffic.check(storage, seed(), OPERATIONS); // on what was recovered
    }
  }

  @Test
  void a_slow_disk_changes_nothing_but_the_time_it_takes() throws Exception {
    Disk slow = new SlowDisk(new Random(seed()));
    try (Storage storage = EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system(), slow, 32 << 10)) {
      RandomTraffic.check(storage, seed(), OPERATIONS / 5);
    }
    try (Storage storage = EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system(), slow, 32 << 10)) {
      RandomTraffic.check(storage, seed(), OPERATIONS / 10); // on what was recovered, while snapshots are taken
    }
  }

  private static long seed() {
    return RandomTraffic.seed("StorageHistoryTest");
  }

  @Test
  void the_checker_notices_a_read_of_the_past() throws Exception {
    try (Storage storage = new MemoryStorage(Clock.system())) {
      Observations seen = new Observations();
      long base = storage.keyspace().revision();
      RandomTraffic.Client client = new RandomTraffic.Client(storage, seen, new Random(1));
      client.put(ROOT + "a/k", 0, "1");
      Snapshot old = storage.keyspace().current();
      client.put(ROOT + "a/k", old.revision(), "2");
      seen.saw(ROOT + "a/k", old.get(ROOT + "a/k"), System.nanoTime());
      assertThatThrownBy(() -> seen.check(base)).isInstanceOf(AssertionError.class).hasMessageContaining("had replaced before");
    }
  }

  @Test
  void the_checker_notices_a_change_that_a_watch_has_missed() throws Exception {
    try (Storage storage = new MemoryStorage(Clock.system())) {
      Observations seen = new Observations();
      long base = storage.keyspace().revision();
      new RandomTraffic.Client(storage, seen, new Random(1)).put(ROOT + "a/k", 0, "1");
      assertThatThrownBy(() -> seen.checkWatch(ROOT, base, base + 1, List.of())).isInstanceOf(AssertionError.class);
    }
  }
}
