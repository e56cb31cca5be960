package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.Tally;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EventLoopTest {
  @Test
  void is_active_from_a_task_on_until_neither_tasks_nor_work_are_left() throws InterruptedException {
    Tally tally = new Tally();
    EventLoop loop = new EventLoop(tally);
    AtomicInteger left = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    loop.post(() -> left.set(3));
    assertThat(tally.open()).containsEntry("scheduling", 1);
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    loop.run(() -> left.getAndUpdate(n -> Math.max(0, n - 1)) > 0 && done.incrementAndGet() > 0);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    assertThat(tally.awaitIdle(Duration.ofSeconds(10))).isTrue();
    assertThat(done).hasValue(3);
    loop.post(() -> left.set(1));
    assertThat(tally.awaitIdle(Duration.ofSeconds(10))).isTrue();
    assertThat(done).hasValue(4);
    loop.stop();
    thread.join();
  }

  @Test
  @Timeout(20)
  void ends_when_it_is_stopped_while_it_does_what_was_posted() throws InterruptedException {
    EventLoop loop = new EventLoop(new Tally());
    loop.post(loop::stop);
    loop.run(() -> false);
    assertThat(loop.tasks()).isEqualTo(2);
  }

  @Test
  @Timeout(20)
  void while_it_stands_by_it_runs_tasks_and_does_no_work() throws InterruptedException {
    Tally tally = new Tally();
    EventLoop loop = new EventLoop(tally);
    AtomicInteger told = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    loop.standBy();
    Thread thread = Thread.ofVirtual().start(() -> {
      try {
        loop.run(() -> done.get() < told.get() && done.incrementAndGet() > 0);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    loop.post(() -> told.set(5));
    assertThat(tally.awaitIdle(Duration.ofSeconds(10))).isTrue();
    assertThat(told).hasValue(5);
    assertThat(done).hasValue(0);
    loop.lead();
    assertThat(tally.awaitIdle(Duration.ofSeconds(10))).isTrue();
    assertThat(done).hasValue(5);
    loop.stop();
    thread.join();
  }
}
