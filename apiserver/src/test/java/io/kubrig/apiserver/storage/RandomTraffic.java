package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Random traffic from many clients at once, with watches that are cut off, resumed and slow, and the check of all that they saw against the
 * order of the revisions: linearizable, and every watch ordered, unique and complete.
 */
public final class RandomTraffic {
  static final String ROOT = "/registry/things/";
  private static final int CLIENTS = 8;
  private static final int KEYS = 24;
  private static final int WATCHERS = 6;

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final int operations;

  private RandomTraffic(int operations) {
    this.operations = operations;
  }

  /** A seed for one run, which it prints; {@code -Dseed=} repeats it. */
  public static long seed(String test) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println(test + " -Dseed=" + seed);
    return seed;
  }

  /**
   * Runs traffic over a storage and checks all that was seen.
   *
   * @param operations of each client
   */
  public static void check(Storage storage, long seed, int operations) throws InterruptedException, IOException {
    new RandomTraffic(operations).run(storage, seed);
  }

  private void run(Storage storage, long seed) throws InterruptedException, IOException {
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
      clients.add(start(() -> client.run(begin, operations)));
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
  static final class Client {
    private final Storage storage;
    private final Observations seen;
    private final Random random;
    private int made;

    Client(Storage storage, Observations seen, Random random) {
      this.storage = storage;
      this.seen = seen;
      this.random = random;
    }

    void run(CountDownLatch begin, int operations) throws InterruptedException, IOException {
      begin.await();
      for (int i = 0; i < operations; i++) {
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
