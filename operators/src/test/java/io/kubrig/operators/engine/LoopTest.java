package io.kubrig.operators.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final BlockingQueue<Key> seen = new LinkedBlockingQueue<>();
  private Loop loop;

  private Loop start(Function<Key, Outcome> reconcile) {
    Controller controller = new Controller() {
      @Override
      public void watch(Queue queue) {}

      @Override
      public Outcome reconcile(Key key) {
        seen.add(key);
        return reconcile.apply(key);
      }
    };
    loop = new Loop("test", controller, 2, clock, new QueueMetrics("test", new SimpleMeterRegistry(), clock));
    loop.start();
    return loop;
  }

  @AfterEach
  void stop() {
    loop.close();
  }

  private Key next() throws InterruptedException {
    return seen.poll(10, TimeUnit.SECONDS);
  }

  @Test
  void a_key_that_is_put_is_reconciled() throws InterruptedException {
    start(key -> Outcome.DONE).add(new Key("ns", "a"));
    assertThat(next()).isEqualTo(new Key("ns", "a"));
    loop.add(Key.of("cluster"));
    assertThat(next()).isEqualTo(Key.of("cluster"));
  }

  @Test
  void a_key_put_before_the_start_is_not_lost() throws InterruptedException {
    Controller controller = new Controller() {
      @Override
      public void watch(Queue queue) {
        queue.add(Key.of("early"));
      }

      @Override
      public Outcome reconcile(Key key) {
        seen.add(key);
        return Outcome.DONE;
      }
    };
    loop = new Loop("test", controller, 1, clock, new QueueMetrics("test", new SimpleMeterRegistry(), clock));
    controller.watch(loop);
    loop.start();
    assertThat(next()).isEqualTo(Key.of("early"));
  }

  @Test
  void a_key_waits_for_its_time_on_the_clock() throws InterruptedException {
    start(key -> Outcome.DONE).addAfter(Key.of("later"), Duration.ofHours(1));
    clock.advance(Duration.ofMinutes(59));
    assertThat(seen).isEmpty();
    clock.advance(Duration.ofMinutes(1));
    assertThat(next()).isEqualTo(Key.of("later"));
  }

  @Test
  void a_reconcile_that_throws_is_tried_again_with_growing_delay() throws InterruptedException {
    start(key -> {
      throw new IllegalStateException("bad object");
    }).add(Key.of("bad"));
    for (int i = 0; i < 4; i++) {
      assertThat(next()).isEqualTo(Key.of("bad"));
      awaitTimer();
      Duration delay = Duration.between(clock.now(), clock.nextDue().orElseThrow());
      assertThat(delay).isEqualTo(Duration.ofMillis(5L << i));
      clock.advance(delay);
    }
  }

  private void awaitTimer() {
    while (clock.nextDue().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void tells_of_failures_with_the_next_attempt_and_of_delays_with_their_reason() throws InterruptedException {
    start(key -> {
      if (key.name().equals("bad")) {
        throw new IllegalStateException("broken");
      }
      return Outcome.after(Duration.ofMinutes(1), "a minute");
    });
    loop.add(Key.of("bad"));
    next();
    loop.add(Key.of("late"));
    next();
    while (loop.waiting().later().isEmpty() || loop.waiting().retries().stream().noneMatch(retry -> retry.next().isPresent())) {
      Thread.onSpinWait();
    }
    Instant now = clock.now();
    WaitingView waiting = loop.waiting();
    assertThat(waiting.later()).containsExactly(new WaitingView.Later(Key.of("late"), now.plusSeconds(60), "a minute"));
    assertThat(waiting.retries()).containsExactly(
        new WaitingView.Retry(Key.of("bad"), new WaitingView.Failure(1, "broken", now), Optional.of(now.plusMillis(5))));
  }
}
