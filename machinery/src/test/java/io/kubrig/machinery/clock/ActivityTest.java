package io.kubrig.machinery.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ActivityTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final Tally tally = clock.tally();

  @Test
  void work_is_open_until_it_is_closed_and_closing_twice_does_nothing() {
    Activity.Work one = clock.activity().begin("a");
    Activity.Work two = clock.activity().begin("a");
    one.close();
    one.close();
    assertThat(tally.open()).containsEntry("a", 1);
    assertThat(tally.isIdle()).isFalse();
    two.close();
    assertThat(tally.isIdle()).isTrue();
    assertThat(tally.begun()).isEqualTo(2);
  }

  @Test
  void waiting_for_the_end_gives_up_when_patience_ends() throws InterruptedException {
    Activity.Work work = tally.begin("a");
    assertThat(tally.awaitIdle(Duration.ZERO)).isFalse();
    Thread.ofVirtual().start(work::close);
    assertThat(tally.awaitIdle(SOON)).isTrue();
  }

  @Test
  void a_task_counts_from_the_moment_it_is_handed_in() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    try (ActiveExecutor executor = new ActiveExecutor(Executors.newVirtualThreadPerTaskExecutor(), tally, "task")) {
      executor.submit(() -> {
        go.await();
        return null;
      });
      assertThat(tally.open()).containsEntry("task", 1);
      go.countDown();
      assertThat(tally.awaitIdle(SOON)).isTrue();
    }
  }

  @Test
  void one_who_sleeps_at_work_lets_time_pass_and_counts_again_from_the_moment_of_waking() throws InterruptedException {
    CountDownLatch awake = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Activity.Work work = tally.begin("work");
    Thread.ofVirtual().start(() -> {
      try (work) {
        clock.sleepAtWork(Duration.ofSeconds(5));
        awake.countDown();
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    assertThat(tally.awaitIdle(SOON)).isTrue();
    assertThat(clock.nextDue()).contains(Instant.EPOCH.plusSeconds(5));
    assertThat(clock.advanceToNext(Instant.EPOCH.plusSeconds(9))).isTrue();
    assertThat(tally.isIdle()).isFalse();
    awake.await();
    go.countDown();
    assertThat(tally.awaitIdle(SOON)).isTrue();
  }

  @Test
  void time_moves_in_steps_from_timer_to_timer() {
    clock.after(Duration.ofSeconds(1), () -> clock.after(Duration.ZERO, () -> tally.begin("second")));
    clock.after(Duration.ofSeconds(3), () -> tally.begin("third"));
    Instant target = Instant.EPOCH.plusSeconds(2);
    assertThat(clock.advanceToNext(target)).isTrue();
    assertThat(clock.now()).isEqualTo(Instant.EPOCH.plusSeconds(1));
    assertThat(tally.open()).containsOnlyKeys("second");
    assertThat(clock.advanceToNext(target)).isFalse();
    assertThat(clock.now()).isEqualTo(target);
  }
}
