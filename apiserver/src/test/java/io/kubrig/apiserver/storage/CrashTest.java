package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embedded storage on disks that fill up, fail and lose power in the middle of anything. */
class CrashTest {
  private static final int CRASHES = 60;
  private static final int WRITERS = 4;
  private static final int KEYS_EACH = 5;
  private static final long SNAPSHOT_BYTES = 6 << 10;
  private static final long NEVER = Long.MAX_VALUE;

  @TempDir Path dir;

  /** What one writer knows of its keys. A key is written by one writer only. */
  private static final class Ledger {
    private final Map<String, Optional<String>> acknowledged = new HashMap<>();
    private String unknownKey = ""; // the one write whose outcome it was not told
    private Optional<String> unknownValue = Optional.empty();
    private long newest;
  }

  @Test
  void whatever_was_acknowledged_is_there_after_the_power_went_anywhere() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("CrashTest -Dseed=" + seed);
    Random random = new Random(seed);
    Map<String, Optional<String>> known = new HashMap<>();
    long newest = 0;
    int acknowledged = 0;
    for (int crash = 0; crash < CRASHES; crash++) {
      SimulatedDisk disk = new SimulatedDisk(random, random.nextInt(random.nextInt(10) == 0 ? 8 : 120));
      List<Ledger> ledgers = writeUntilDead(disk, known, random, crash);
      disk.loseUnsynced();
      try (EmbeddedStorage storage = open(new SimulatedDisk(random, NEVER))) {
        for (Ledger ledger : ledgers) {
          known.putAll(ledger.acknowledged);
          newest = Math.max(newest, ledger.newest);
          acknowledged += ledger.acknowledged.size();
        }
        assertThat(storage.keyspace().revision()).as("revision after crash %d of seed %d", crash, seed).isGreaterThanOrEqualTo(newest);
        known = checked(storage.keyspace().current(), known, ledgers, "crash " + crash + " of seed " + seed);
        newest = storage.keyspace().revision();
      }
    }
    System.out.println(CRASHES + " crashes, keys with acknowledged writes: " + acknowledged + ", none lost");
    assertThat(acknowledged).isGreaterThan(CRASHES);
  }

  private List<Ledger> writeUntilDead(SimulatedDisk disk, Map<String, Optional<String>> known, Random random, int crash)
      throws InterruptedException {
    List<Ledger> ledgers = new ArrayList<>();
    try (EmbeddedStorage storage = open(disk)) {
      List<Thread> threads = new ArrayList<>();
      for (int w = 0; w < WRITERS; w++) {
        Ledger ledger = new Ledger();
        ledgers.add(ledger);
        Random own = new Random(random.nextLong());
        String prefix = "/registry/things/w" + w + "-";
        threads.add(Thread.ofVirtual().start(() -> write(storage, prefix, own, ledger, crash)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (IOException e) {
      assertThat(disk.isDead()).as("nothing but the power fails here: %s", e.getMessage()).isTrue();
    }
    return ledgers;
  }

  private static void write(EmbeddedStorage storage, String prefix, Random random, Ledger ledger, int crash) {
    for (int n = 0; n < 10_000; n++) {
      String key = prefix + random.nextInt(KEYS_EACH);
      Optional<Entry> current = storage.keyspace().current().get(key);
      boolean delete = current.isPresent() && random.nextInt(4) == 0;
      String value = crash + "." + n + "x".repeat(random.nextInt(300));
      ledger.unknownKey = key;
      ledger.unknownValue = delete ? Optional.empty() : Optional.of(value);
      try {
        Write write = delete ? new Write.Delete(key, current.get().modified()) : put(key, current.map(Entry::modified).orElse(0L), value);
        ledger.newest = ((Outcome.Committed) storage.commit(write)).revision();
      } catch (IOException | InterruptedException dead) {
        return;
      }
      ledger.acknowledged.put(key, ledger.unknownValue);
      ledger.unknownKey = "";
    }
  }

  /** Compares what is there with what was acknowledged; answers what is there, which settles the writes without an answer. */
  private static Map<String, Optional<String>> checked(
      Snapshot state, Map<String, Optional<String>> known, List<Ledger> ledgers, String when) {
    Map<String, Optional<String>> unknown = new HashMap<>();
    ledgers.stream().filter(ledger -> !ledger.unknownKey.isEmpty()).forEach(ledger -> unknown.put(ledger.unknownKey, ledger.unknownValue));
    Set<String> keys = new HashSet<>(known.keySet());
    keys.addAll(unknown.keySet());
    state.list("/registry/").forEach(entry -> keys.add(entry.key()));
    Map<String, Optional<String>> found = new HashMap<>();
    for (String key : keys) {
      Optional<String> value = state.get(key).map(Observations::value);
      Optional<String> expected = known.getOrDefault(key, Optional.empty());
      if (unknown.containsKey(key)) {
        assertThat(value).as("%s after %s", key, when).isIn(expected, unknown.get(key));
      } else {
        assertThat(value).as("%s after %s", key, when).isEqualTo(expected);
      }
      found.put(key, value);
    }
    return found;
  }

  @Test
  void a_full_disk_refuses_writes_and_takes_them_again_when_there_is_room() throws Exception {
    SimulatedDisk disk = new SimulatedDisk(new Random(1), NEVER);
    try (EmbeddedStorage storage = open(disk)) {
      storage.commit(put("/registry/things/a", 0, "before"));
      disk.fillUpAfter(100);
      String large = "x".repeat(6 << 20); // more than is allocated ahead
      assertThatThrownBy(() -> storage.commit(put("/registry/things/b", 0, large)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left on device");
      assertThat(storage.keyspace().current().get("/registry/things/b")).isEmpty();
      assertThat(storage.keyspace().current().get("/registry/things/a")).isPresent();
      assertThat(storage.troubles()).isEmpty();
      disk.fillUpAfter(NEVER);
      storage.commit(put("/registry/things/c", 0, "after"));
    }
    try (EmbeddedStorage storage = open(Disk.REAL)) {
      assertThat(storage.keyspace().current().list("/registry/")).extracting(Entry::key)
          .containsExactly("/registry/things/a", "/registry/things/c");
    }
  }

  @Test
  void a_disk_that_is_full_from_the_start_says_so() {
    SimulatedDisk disk = new SimulatedDisk(new Random(1), NEVER);
    disk.fillUpAfter(0);
    assertThatThrownBy(
            () -> {
              try (EmbeddedStorage storage = open(disk)) {
                storage.commit(put("/registry/things/a", 0, "1"));
              }
            })
        .hasMessageContaining("No space left on device");
  }

  @Test
  void after_a_failed_sync_nothing_is_acknowledged_until_the_storage_is_opened_anew() throws Exception {
    SimulatedDisk disk = new SimulatedDisk(new Random(1), NEVER);
    try (EmbeddedStorage storage = open(disk)) {
      storage.commit(put("/registry/things/a", 0, "1"));
      disk.failSyncs();
      assertThatThrownBy(() -> storage.commit(put("/registry/things/b", 0, "1"))).hasMessageContaining("refuses writes");
      assertThatThrownBy(() -> storage.commit(put("/registry/things/c", 0, "1"))).hasMessageContaining("restart to recover");
      assertThat(storage.troubles()).hasSize(1);
      assertThat(storage.keyspace().current().list("/registry/")).extracting(Entry::key).containsExactly("/registry/things/a");
    }
    try (EmbeddedStorage storage = open(Disk.REAL)) {
      assertThat(storage.keyspace().current().get("/registry/things/a")).isPresent();
      storage.commit(put("/registry/things/d", 0, "1"));
    }
  }

  @Test
  void logs_go_on_being_replaced_by_snapshots_however_fast_those_are_written() throws Exception {
    try (EmbeddedStorage storage = open(Disk.REAL)) {
      long at = 0;
      for (int i = 0; i < 300; i++) {
        at = ((Outcome.Committed) storage.commit(put("/registry/things/a", at, "x".repeat(1000)))).revision();
      }
    }
    try (DataDirectory directory = DataDirectory.open(dir, Disk.REAL)) {
      assertThat(directory.logs()).hasSizeLessThanOrEqualTo(3);
    }
  }

  private EmbeddedStorage open(Disk disk) throws IOException {
    return EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system(), disk, SNAPSHOT_BYTES);
  }

  private static Write put(String key, long expected, String value) {
    String json = "{\"kind\":\"X\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"x\"},\"v\":\"" + value + "\"}";
    return new Write.Put(key, expected, json.getBytes(StandardCharsets.UTF_8), null, null);
  }
}
