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
import org.junit.jupiter.api.Test;

class KeptExplanationsTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final MemoryCluster cluster = new MemoryCluster(clock);
  private final KeptExplanations kept = new KeptExplanations(cluster, new SerialWriter(1, clock.activity()), clock, 3);

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
    kept.explain(p -> says(p, message));
    settle();
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
  void of_many_decisions_in_a_second_the_last_ones_are_explained() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      kept.decided(pod("p" + i, "u" + i), 1);
    }
    kept.explain(p -> says(p, "no room"));
    settle();
    assertThat(cluster.list(SchedulingExplanation.class)).hasSizeBetween(1, 3);
    assertThat(of("p99")).isNotNull();
  }
}
