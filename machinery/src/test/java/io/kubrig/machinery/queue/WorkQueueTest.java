package io.kubrig.machinery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final KubernetesRegistry registry = new KubernetesRegistry();
  private final WorkQueue<String> queue = new WorkQueue<>("job", clock, registry, Backoff.controllerDefault(clock));

  @Test
  void a_key_added_twice_waits_once() {
    queue.add("a");
    queue.add("b");
    queue.add("a");
    assertThat(queue.poll()).contains("a");
    assertThat(queue.poll()).contains("b");
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void a_key_in_work_is_handed_to_nobody_else_but_waits_again_afterwards() {
    queue.add("a");
    queue.poll();
    queue.add("a");
    assertThat(queue.poll()).isEmpty();
    queue.done("a");
    assertThat(queue.poll()).contains("a");
    queue.done("a");
    assertThat(queue.isIdle()).isTrue();
  }

  @Test
  void a_key_is_activity_while_it_waits_or_is_worked_on_but_not_while_it_is_delayed() {
    queue.addAfter("a", Duration.ofSeconds(1));
    assertThat(clock.tally().isIdle()).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(clock.tally().open()).containsEntry("job", 1);
    queue.poll();
    queue.add("a");
    queue.done("a");
    assertThat(clock.tally().open()).containsEntry("job", 1);
    queue.poll();
    queue.done("a");
    assertThat(clock.tally().isIdle()).isTrue();
  }

  @Test
  void a_delayed_key_ripens_at_its_earliest_time() {
    queue.addAfter("a", Duration.ofSeconds(10));
    queue.addAfter("a", Duration.ofSeconds(5));
    queue.addAfter("a", Duration.ofSeconds(7));
    clock.advance(Duration.ofMillis(4999));
    assertThat(queue.poll()).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(queue.poll()).contains("a");
    queue.done("a");
    clock.advance(Duration.ofMinutes(1));
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void a_failing_key_waits_twice_as_long_each_time_until_it_is_forgotten() {
    queue.addRateLimited("a");
    assertThat(clock.nextDue()).contains(Instant.EPOCH.plusMillis(5));
    clock.advance(Duration.ofMillis(5));
    queue.poll();
    queue.addRateLimited("a");
    assertThat(clock.nextDue()).contains(Instant.EPOCH.plusMillis(15));
    assertThat(queue.failures("a")).isEqualTo(2);
    queue.forget("a");
    assertThat(queue.failures("a")).isZero();
  }

  @Test
  void the_wait_never_exceeds_the_maximum() {
    Backoff<String> backoff = new Backoff<>(Duration.ofSeconds(1), Duration.ofSeconds(60), new TokenBucket(clock, 1000, 1000));
    for (int i = 0; i < 100; i++) {
      backoff.next("a");
    }
    assertThat(backoff.next("a")).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void the_bucket_lends_permits_of_the_future() {
    TokenBucket bucket = new TokenBucket(clock, 10, 2);
    assertThat(bucket.reserve()).isZero();
    assertThat(bucket.reserve()).isZero();
    assertThat(bucket.reserve()).isEqualTo(Duration.ofMillis(100));
    assertThat(bucket.reserve()).isEqualTo(Duration.ofMillis(200));
    clock.advance(Duration.ofSeconds(1));
    assertThat(bucket.tryTake()).isTrue();
  }

  @Test
  void after_shut_down_what_waits_is_drained_and_nothing_is_added() throws InterruptedException {
    queue.add("a");
    queue.addAfter("b", Duration.ofSeconds(1));
    queue.shutDown();
    queue.add("c");
    assertThat(queue.take()).contains("a");
    assertThat(queue.take()).isEmpty();
    clock.advance(Duration.ofSeconds(2));
    assertThat(queue.take()).isEmpty();
  }

  @Test
  void a_waiting_worker_is_woken_by_an_added_key() throws Exception {
    Thread worker = Thread.ofVirtual().start(() -> {
      try {
        queue.take().ifPresent(queue::done);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    queue.add("a");
    worker.join();
    assertThat(queue.isIdle()).isTrue();
  }

  @Test
  void its_metrics_have_the_native_names() {
    queue.add("a");
    queue.addRateLimited("b");
    clock.advance(Duration.ofSeconds(3));
    queue.poll();
    assertThat(registry.scrape())
        .contains("workqueue_adds_total{name=\"job\"} 2\n")
        .contains("workqueue_retries_total{name=\"job\"} 1\n")
        .contains("workqueue_depth{name=\"job\"} 1\n")
        .contains("workqueue_queue_duration_seconds_bucket{name=\"job\",le=\"1e-08\"} 0\n")
        .contains("workqueue_queue_duration_seconds_sum{name=\"job\"} 3\n");
  }
}
