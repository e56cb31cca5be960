package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random traffic from many clients at once, whose every observation is then checked against the order of the revisions. */
class StorageHistoryTest {
  private static final int CLIENTS = 8;
  private static final int OPERATIONS = 1500;
  private static final int KEYS = 24;
  private static final int WATCHERS = 6;
  private static final String ROOT = "/registry/things/";

  @TempDir Path dir;

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  @Test
  void memory_storage_is_linearizable_and_its_watches_are_complete() throws Exception {
    for (int round = 0; round < 3; round++) {
      try (Storage storage = new MemoryStorage(Clock.system())) {
        check(storage, seed());
      }
    }
  }

  @Test
  void embedded_storage_is_linearizable_and_its_watches_are_complete() throws Exception {
    try (Storage storage = EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system())) {
      check(storage, seed());
    }
    try (Storage storage = EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system())) {
      check(storage, seed()); // on what was recovered
    }
  }

  private static long seed() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("StorageHistoryTest -Dseed=" + seed);
    return seed;
  }

  @Test
  void the_checker_notices_a_read_of_the_past() throws Exception {
    try (Storage storage = new MemoryStorage(Clock.system())) {
      Observations seen = new Observations();
      long base = storage.keyspace().revision();
      Client client = new Client(storage, seen, new Random(1));
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
      new Client(storage, seen, new Random(1)).put(ROOT + "a/k", 0, "1");
      assertThatThrownBy(() -> seen.checkWatch(ROOT, base, base + 1, List.of())).isInstanceOf(AssertionError.class);
    }
  }

  // ---- traffic -------------------------------------------------------------------------------------------------------

  private void check(Storage storage, long seed) throws InterruptedException, IOException {
    for (Entry left : storage.keyspace().current().list(ROOT)) {
      storage.commit(new Write.Delete(left.key(), left.modified()));
    }
    long base = storage.keyspace().revision();
    Observations seen = new Observations();
    AtomicBoolean done = new AtomicBoolean();
    List<Watching> watches = new ArrayList<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < WATCHERS; i++) {
      Watching watching = new Watching(storage, new Random(seed ^ i), base);
      watches.add(watching);
      readers.add(start(() -> watching.run(done)));
    }
    CountDownLatch begin = new CountDownLatch(1);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Client client = new Client(storage, seen, new Random(seed + i));
      clients.add(start(() -> client.run(begin)));
    }
    begin.countDown();
    join(clients);
    done.set(true);
    join(readers);
    assertThat(failures).as("seed %d", seed).isEmpty();
    seen.check(base);
    for (Watching watching : watches) {
      watching.check(seen, storage.keyspace().revision());
    }
    System.out.println("checked " + seen.size() + " operations and " + watches.stream().mapToInt(w -> w.delivered).sum() + " deliveries");
  }

  private interface Body {
    void run() throws Exception;
  }

  private Thread start(Body body) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                body.run();
              } catch (Exception | AssertionError e) {
                failures.add(e);
              }
            });
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** One client: creates, replaces, deletes, reads and lists, sometimes upon what it knows no longer to be true. */
  private static final class Client {
    private final Storage storage;
    private final Observations seen;
    private final Random random;
    private int made;

    Client(Storage storage, Observations seen, Random random) {
      this.storage = storage;
      this.seen = seen;
      this.random = random;
    }

    void run(CountDownLatch begin) throws InterruptedException, IOException {
      begin.await();
      for (int i = 0; i < OPERATIONS; i++) {
        step();
      }
    }

    private void step() throws InterruptedException, IOException {
      int key = random.nextInt(KEYS);
      String name = ROOT + (key % 3 == 0 ? "a" : "b") + "/k" + key;
      long began = System.nanoTime();
      Snapshot snapshot = storage.keyspace().current();
      switch (random.nextInt(10)) {
        case 0 -> seen.listed(snapshot, ROOT, began);
        case 1, 2 -> seen.saw(name, snapshot.get(name), began);
        case 3 -> delete(name, snapshot.get(name).map(Entry::modified).orElse(7L));
        case 4 -> put(name, random.nextInt(50), "guess");
        default -> put(name, snapshot.get(name).map(Entry::modified).orElse(0L), "v" + System.identityHashCode(this) + "-" + made++);
      }
    }

    void put(String key, long expected, String value) throws InterruptedException, IOException {
      String json = "{\"kind\":\"X\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"x\"},\"v\":\"" + value + "\"}";
      commit(new Write.Put(key, expected, json.getBytes(StandardCharsets.UTF_8), null, null), value);
    }

    private void delete(String key, long expected) throws InterruptedException, IOException {
      commit(new Write.Delete(key, expected), null);
    }

    private void commit(Write write, String value) throws InterruptedException, IOException {
      long began = System.nanoTime();
      switch (storage.commit(write)) {
        case Outcome.Committed done -> {
          seen.wrote(write.key(), write.expected(), done.revision(), value, began);
          long asked = System.nanoTime();
          seen.saw(write.key(), storage.keyspace().current().get(write.key()), asked); // what was acknowledged is there, for the writer too
        }
        case Outcome.Conflict conflict -> {
          assertThat(conflict.current().map(Entry::modified).orElse(0L)).as("what a conflict answers").isNotEqualTo(write.expected());
          seen.saw(write.key(), conflict.current(), began);
        }
      }
    }
  }

  /** One watch that is cut off and resumed at random, and is slow at times. */
  private static final class Watching {
    private final Storage storage;
    private final Random random;
    private final String prefix;
    private final long base;
    private final List<Change> changes = new ArrayList<>();
    private int delivered;

    Watching(Storage storage, Random random, long base) {
      this.storage = storage;
      this.random = random;
      this.base = base;
      this.prefix = ROOT + List.of("", "a/", "b/").get(random.nextInt(3));
    }

    void run(AtomicBoolean done) throws InterruptedException, CompactedException {
      long last = base;
      boolean end = false;
      while (!end) {
        try (Watcher watcher = storage.keyspace().watch(prefix, last)) {
          int length = 1 + random.nextInt(400);
          for (int i = 0; i < length && !end; i++) {
            boolean finished = done.get();
            switch (watcher.next(Duration.ofMillis(5))) {
              case Watcher.Next.Changed changed -> last = take(changed.change());
              case Watcher.Next.Idle idle -> {
                assertThat(idle.revision()).as("progress").isGreaterThanOrEqualTo(last);
                last = idle.revision();
                end = finished;
              }
              case Watcher.Next.Overflow ignored -> i = length;
              case Watcher.Next.Closed ignored -> throw new AssertionError("nobody closed it");
            }
            Optional<Change> more = random.nextBoolean() ? watcher.poll() : Optional.empty();
            last = more.isPresent() ? take(more.get()) : last;
          }
        }
      }
    }

    private long take(Change change) {
      changes.add(change);
      delivered++;
      for (int i = 0; random.nextInt(20) == 0 && i < 1000; i++) {
        Thread.yield();
      }
      return change.revision();
    }

    void check(Observations seen, long until) {
      seen.checkWatch(prefix, base, until, changes);
    }
  }
}
