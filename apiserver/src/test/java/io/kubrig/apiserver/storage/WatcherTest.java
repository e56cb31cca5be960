package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class WatcherTest {
  private static final byte[] VALUE = "{\"metadata\":{}}".getBytes(StandardCharsets.UTF_8);
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final MemoryStorage storage = new MemoryStorage(clock);

  @Test
  void is_activity_from_its_beginning_and_from_a_change_until_its_reader_waits_for_more() throws Exception {
    Watcher watcher = storage.keyspace().watch("/registry/pods/", storage.keyspace().revision());
    assertThat(clock.tally().isIdle()).isFalse();
    watcher.next(Duration.ofMillis(1));
    assertThat(clock.tally().isIdle()).isTrue();

    storage.commit(new Write.Put("/registry/pods/default/a", 0, VALUE, null, null));
    assertThat(clock.tally().open()).containsEntry("/registry/pods/", 1);
    assertThat(watcher.next(Duration.ofMillis(1))).isInstanceOf(Watcher.Next.Changed.class);
    assertThat(clock.tally().isIdle()).as("the reader may still be dealing with the change").isFalse();
    watcher.next(Duration.ofMillis(1));
    assertThat(clock.tally().isIdle()).isTrue();
  }

  @Test
  void a_nudge_has_the_reader_look_up_once_without_a_change() throws Exception {
    Watcher watcher = storage.keyspace().watch("/registry/pods/", storage.keyspace().revision());
    watcher.nudge();
    assertThat(watcher.next(Duration.ofDays(1))).isInstanceOf(Watcher.Next.Idle.class);

    Thread reader = Thread.currentThread();
    Thread nudging = Thread.ofVirtual().start(() -> {
      while (reader.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      watcher.nudge();
    });
    assertThat(watcher.next(Duration.ofDays(1))).isInstanceOf(Watcher.Next.Idle.class);
    nudging.join();

    storage.commit(new Write.Put("/registry/pods/default/a", 0, VALUE, null, null));
    watcher.nudge();
    assertThat(watcher.next(Duration.ofDays(1))).as("changes come first").isInstanceOf(Watcher.Next.Changed.class);
  }

  @Test
  void a_crowd_of_watchers_sees_every_change_in_order() throws Exception {
    MemoryStorage real = new MemoryStorage(Clock.system());
    int changes = 200;
    List<Future<List<Long>>> seen = new ArrayList<>();
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        Watcher watcher = real.keyspace().watch("/registry/pods/", real.keyspace().revision());
        seen.add(readers.submit(() -> {
          List<Long> revisions = new ArrayList<>();
          while (revisions.size() < changes && watcher.next(Duration.ofMinutes(1)) instanceof Watcher.Next.Changed changed) {
            revisions.add(changed.change().revision());
          }
          return revisions;
        }));
      }
      List<Long> written = new ArrayList<>();
      for (int i = 0; i < changes; i++) {
        written.add(((Outcome.Committed) real.commit(new Write.Put("/registry/pods/default/p" + i, 0, VALUE, null, null))).revision());
      }
      for (Future<List<Long>> revisions : seen) {
        assertThat(revisions.get()).isEqualTo(written);
      }
    }
  }

  @Test
  void is_no_activity_any_more_when_it_is_closed() throws Exception {
    Watcher watcher = storage.keyspace().watch("/registry/pods/", storage.keyspace().revision());
    storage.commit(new Write.Put("/registry/pods/default/a", 0, VALUE, null, null));
    watcher.close();
    assertThat(clock.tally().isIdle()).isTrue();
  }
}
