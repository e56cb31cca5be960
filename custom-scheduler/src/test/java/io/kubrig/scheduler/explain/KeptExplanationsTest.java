package io.kubrig.scheduler.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.simulation.MemoryCluster;
import io.kubrig.scheduler.whatif.Explanation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class KeptExplanationsTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final MemoryCluster cluster = new MemoryCluster(clock);
  private KeptExplanations kept = new KeptExplanations(cluster, new SerialWriter(1, clock.activity()), clock, 3, () -> {});

  private static Pod pod(String name, String uid) {
    return Pod.of(new PodBuilder().withNewMetadata().withNamespace("ns").withName(name).withUid(uid).endMetadata()
        .withNewSpec().endSpec().build());
  }

  private static Optional<Explanation> says(Pod pod, String message) {
    Explanation.Rejection no = new Explanation.Rejection("NodeResourcesFit", true, List.of("Insufficient cpu"));
    return Optional.of(new Explanation(pod.key(), "default-scheduler", null, message, 1, Map.of("NodeResourcesFit", 1),
        List.of(new Explanation.Verdict("n1", List.of(no), Map.of(), 0)), List.of(), null, List.of()));
  }

  private void decide(Pod pod, int attempts, String message) throws InterruptedException {
    kept.decided(pod, attempts);
    explain(message);
  }

  /** Twice: the first time it may only be asked whether there is the kind. */
  private void explain(String message) throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      kept.explain(p -> says(p, message));
      settle();
    }
  }

  private void settle() throws InterruptedException {
    assertThat(clock.tally().awaitIdle(Duration.ofSeconds(60))).isTrue();
  }

  private SchedulingExplanation of(String name) {
    return cluster.find(SchedulingExplanation.class, "ns", name).orElse(null);
  }

  @Test
  void an_explanation_is_an_object_that_its_pod_owns() throws InterruptedException {
    decide(pod("p", "u1"), 2, "no room");
    assertThat(of("p").getStatus().attempts()).isEqualTo(2);
    assertThat(of("p").getStatus().explanation()).isEqualTo(says(pod("p", "u1"), "no room").orElseThrow());
    assertThat(of("p").getMetadata().getOwnerReferences()).singleElement().satisfies(o -> {
      assertThat(o.getKind()).isEqualTo("Pod");
      assertThat(o.getUid()).isEqualTo("u1");
    });
  }

  @Test
  void a_later_decision_takes_the_place_of_the_earlier_one() throws InterruptedException {
    decide(pod("p", "u1"), 1, "no room");
    decide(pod("p", "u2"), 1, "room");
    assertThat(of("p").getStatus().explanation().message()).isEqualTo("room");
    assertThat(of("p").getMetadata().getOwnerReferences().getFirst().getUid()).isEqualTo("u2");
  }

  @Test
  void the_oldest_goes_when_there_are_too_many() throws InterruptedException {
    for (String name : List.of("a", "b", "c", "a", "d")) {
      decide(pod(name, name), 1, "no room");
    }
    assertThat(List.of("a", "c", "d")).allSatisfy(name -> assertThat(of(name)).isNotNull());
    assertThat(of("b")).isNull();
  }

  @Test
  void what_a_scheduler_before_has_kept_counts_as_the_oldest() throws InterruptedException {
    for (String name : List.of("a", "b", "c")) {
      decide(pod(name, name), 1, "no room");
      clock.advance(Duration.ofSeconds(2));
    }
    kept = new KeptExplanations(cluster, new SerialWriter(1, clock.activity()), clock, 3, () -> {});
    decide(pod("d", "d"), 1, "no room");
    decide(pod("b", "b"), 2, "no room");
    decide(pod("e", "e"), 1, "no room");
    assertThat(cluster.list(SchedulingExplanation.class)).extracting(e -> e.getMetadata().getName())
        .containsExactlyInAnyOrder("b", "d", "e");
  }

  @Test
  void nothing_is_explained_before_there_is_the_kind_and_then_the_latest_decisions_are() throws InterruptedException {
    AtomicInteger explained = new AtomicInteger();
    AtomicInteger woken = new AtomicInteger();
    cluster.lack(SchedulingExplanation.class, true);
    kept = new KeptExplanations(cluster, new SerialWriter(1, clock.activity()), clock, 3, woken::incrementAndGet);
    Function<Pod, Optional<Explanation>> explainer = p -> {
      explained.incrementAndGet();
      return says(p, "no room");
    };
    kept.decided(pod("p", "u"), 1);
    for (int second = 0; second < 20; second++) {
      kept.explain(explainer);
      settle();
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(explained).hasValue(0);
    cluster.lack(SchedulingExplanation.class, false);
    for (int second = 0; second < 6; second++) {
      kept.explain(explainer);
      settle();
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(woken).hasValue(1);
    assertThat(explained).hasValue(1);
    assertThat(of("p")).isNotNull();
  }

  @Test
  void of_many_decisions_in_a_second_the_last_ones_are_explained() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      kept.decided(pod("p" + i, "u" + i), 1);
    }
    explain("no room");
    assertThat(cluster.list(SchedulingExplanation.class)).hasSizeBetween(1, 3);
    assertThat(of("p99")).isNotNull();
  }
}
