package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Writers go on while a big store is compacted and its state is written out. */
@Timeout(120)
class CompactionTest {
  private static final int KEYS = 20_000;

  @TempDir Path dir;

  private static Write put(String key, long expected) {
    String json = "{\"kind\":\"X\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"x\"},\"v\":\"" + "x".repeat(200) + "\"}";
    return new Write.Put(key, expected, json.getBytes(StandardCharsets.UTF_8), null, null);
  }

  private static void fill(Storage storage) throws InterruptedException {
    Thread[] writers = new Thread[64]; // a group of writes is one sync
    for (int w = 0; w < writers.length; w++) {
      int first = w;
      writers[w] = Thread.ofVirtual().start(() -> {
        for (int i = first; i < KEYS; i += 64) {
          write(storage, "/registry/things/k" + i, 0);
        }
      });
    }
    for (Thread writer : writers) {
      writer.join();
    }
  }

  private static long write(Storage storage, String key, long expected) {
    try {
      return ((Outcome.Committed) storage.commit(put(key, expected))).revision();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void compact(Storage storage, long revision) {
    try {
      storage.compact(revision);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_writer_makes_progress_while_the_past_is_forgotten() throws Exception {
    try (Storage storage = new MemoryStorage(Clock.system())) {
      fill(storage);
      for (int round = 0; round < 3; round++) {
        long revision = storage.keyspace().revision();
        assertThat(writtenDuring(storage, () -> {
          for (long to = revision - KEYS; to <= revision; to += KEYS / 20) {
            compact(storage, to);
            Thread.yield();
          }
        })).isPositive();
      }
      assertThat(storage.keyspace().current().list("/registry/things/k")).hasSize(KEYS);
      assertThat(storage.keyspace().oldest()).isGreaterThan(KEYS / 2);
    }
  }

  /** A disk on which a snapshot is not in its place before a number of further writes were acknowledged. */
  private record Waiting(CountDownLatch writes) implements Disk {
    @Override
    public Writable open(Path path, boolean fresh) throws IOException {
      return REAL.open(path, fresh);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      try {
        writes.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      REAL.move(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
      REAL.delete(path);
    }

    @Override
    public void sync(Path directory) throws IOException {
      REAL.sync(directory);
    }
  }

  @Test
  void writers_do_not_wait_for_the_state_to_be_written_out() throws Exception {
    try (EmbeddedStorage storage = EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system(), Disk.REAL, Long.MAX_VALUE)) {
      fill(storage);
    }
    CountDownLatch writes = new CountDownLatch(100);
    try (EmbeddedStorage storage = EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system(), new Waiting(writes), 1)) {
      long at = write(storage, "/registry/things/w", 0); // more than the log may hold: a snapshot of everything begins
      while (newestSnapshot() == 0) {
        at = write(storage, "/registry/things/w", at);
        writes.countDown();
      }
      assertThat(writes.getCount()).isZero();
    }
    try (EmbeddedStorage storage = EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system(), Disk.REAL, Long.MAX_VALUE)) {
      assertThat(storage.keyspace().current().list("/registry/things/k")).hasSize(KEYS);
    }
  }

  private long newestSnapshot() throws IOException {
    String[] names = dir.toFile().list((folder, name) -> name.startsWith("snapshot") && !name.endsWith("tmp"));
    return names == null ? 0 : names.length;
  }

  /** How many writes one writer had acknowledged while something was done. */
  private static int writtenDuring(Storage storage, Runnable work) throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger written = new AtomicInteger();
    String key = "/registry/things/w" + System.nanoTime();
    Thread writer = Thread.ofPlatform().start(() -> {
      for (long at = 0; !done.get() || written.get() == 0; written.incrementAndGet()) {
        at = write(storage, key, at);
      }
    });
    work.run();
    done.set(true);
    writer.join();
    return written.get();
  }
}
