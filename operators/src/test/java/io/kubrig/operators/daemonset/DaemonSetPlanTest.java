package io.kubrig.operators.daemonset;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DaemonSetPlanTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));

  private static DaemonSet set(int unavailable, int surge) {
    return new DaemonSetBuilder().withNewMetadata().withName("agent").withNamespace("ns").withUid("d").withGeneration(1L).endMetadata()
        .withNewSpec().withNewSelector().addToMatchLabels("app", "agent").endSelector()
        .withNewUpdateStrategy().withType("RollingUpdate").withNewRollingUpdate().withMaxUnavailable(new IntOrString(unavailable))
        .withMaxSurge(new IntOrString(surge)).endRollingUpdate().endUpdateStrategy()
        .withNewTemplate().withNewMetadata().addToLabels("app", "agent").endMetadata()
        .withNewSpec().addNewContainer().withName("c").withImage("i").endContainer().endSpec().endTemplate().endSpec().build();
  }

  private static Node node(String name, Taint... taints) {
    return new NodeBuilder().withNewMetadata().withName(name).endMetadata().withNewSpec().withTaints(taints).endSpec().build();
  }

  private Pod pod(DaemonSet set, String node, String hash, boolean ready) {
    Pod pod = DaemonPods.create(set, node, hash);
    pod.getMetadata().setName("agent-" + node + "-" + hash);
    pod.getMetadata().setCreationTimestamp(Objects.time(clock.now()));
    pod.getSpec().setNodeName(node);
    pod.setStatus(new PodStatusBuilder().withPhase("Running").addNewCondition().withType("Ready").withStatus(ready ? "True" : "False")
        .withLastTransitionTime(Objects.time(clock.now())).endCondition().build());
    return pod;
  }

  private DaemonSetPlan.Observed seen(DaemonSet set, List<Node> nodes, Pod... pods) {
    return new DaemonSetPlan.Observed(set, "new", nodes, List.of(pods), Set.of(), clock.now());
  }

  @Test
  void every_node_that_fits_gets_one_pod() {
    Taint bad = new Taint("NoSchedule", "own", null, "x");
    Taint pressure = new Taint("NoSchedule", "node.kubernetes.io/disk-pressure", null, null);
    DaemonSet set = set(1, 0);
    List<Node> nodes = List.of(node("a"), node("b", bad), node("c", pressure), node("d"));
    assertThat(DaemonSetPlan.of(seen(set, nodes, pod(set, "d", "new", true))).create()).containsExactly("a", "c");
  }

  @Test
  void a_pod_stays_on_a_node_that_no_longer_takes_new_ones_and_goes_from_one_that_drives_it_away() {
    DaemonSet set = set(1, 0);
    Pod pod = pod(set, "a", "new", true);
    assertThat(DaemonSetPlan.of(seen(set, List.of(node("a", new Taint("NoSchedule", "own", null, "x"))), pod)).isEmpty()).isTrue();
    assertThat(DaemonSetPlan.of(seen(set, List.of(node("a", new Taint("NoExecute", "own", null, "x"))), pod)).delete())
        .containsExactly(pod);
  }

  @Test
  void the_oldest_of_two_stays() {
    DaemonSet set = set(1, 0);
    Pod old = pod(set, "a", "new", true);
    clock.advance(Duration.ofMinutes(1));
    Pod young = pod(set, "a", "new", true);
    young.getMetadata().setName("young");
    assertThat(DaemonSetPlan.of(seen(set, List.of(node("a")), young, old)).delete()).containsExactly(young);
  }

  @Test
  void a_failed_pod_is_replaced_unless_its_node_is_backing_off() {
    DaemonSet set = set(1, 0);
    Pod failed = pod(set, "a", "new", false);
    failed.getStatus().setPhase("Failed");
    assertThat(DaemonSetPlan.of(seen(set, List.of(node("a")), failed)).finished()).containsExactly(failed);
    DaemonSetPlan waiting =
        DaemonSetPlan.of(new DaemonSetPlan.Observed(set, "new", List.of(node("a")), List.of(failed), Set.of("a"), clock.now()));
    assertThat(waiting.isEmpty()).isTrue();
  }

  @Test
  void a_node_backs_off_longer_with_each_failure() {
    DaemonSet set = set(1, 0);
    FailedPodBackoff backoff = new FailedPodBackoff(clock);
    backoff.killed(set, "a");
    assertThat(backoff.nodesOf(set)).containsExactly("a");
    Duration first = backoff.next(set).orElseThrow();
    clock.advance(first);
    assertThat(backoff.nodesOf(set)).isEmpty();
    backoff.killed(set, "a");
    assertThat(backoff.next(set).orElseThrow()).isEqualTo(first.multipliedBy(2));
  }

  @Test
  void a_rollout_replaces_no_more_pods_than_may_be_missing() {
    DaemonSet set = set(1, 0);
    List<Node> nodes = List.of(node("a"), node("b"), node("c"));
    Pod a = pod(set, "a", "old", true);
    Pod b = pod(set, "b", "old", true);
    assertThat(DaemonRollout.plan(seen(set, nodes, a, b, pod(set, "c", "new", false))).delete()).isEmpty();
    assertThat(DaemonRollout.plan(seen(set, nodes, a, b, pod(set, "c", "new", true))).delete()).hasSize(1);
    b.getStatus().getConditions().getFirst().setStatus("False");
    assertThat(DaemonRollout.plan(seen(set, nodes, a, b, pod(set, "c", "new", true))).delete()).containsExactly(b);
  }

  @Test
  void a_surge_deletes_the_old_pod_when_the_new_one_has_been_ready_for_long_enough() {
    DaemonSet set = set(0, 1);
    set.getSpec().setMinReadySeconds(10);
    List<Node> nodes = List.of(node("a"), node("b"));
    Pod oldA = pod(set, "a", "old", true);
    Pod oldB = pod(set, "b", "old", true);
    clock.advance(Duration.ofMinutes(1));
    assertThat(DaemonRollout.plan(seen(set, nodes, oldA, oldB)).create()).hasSize(1);
    Pod newA = pod(set, "a", "new", true);
    assertThat(DaemonRollout.plan(seen(set, nodes, oldA, newA, oldB)).isEmpty()).isTrue();
    clock.advance(Duration.ofSeconds(10));
    DaemonSetPlan plan = DaemonRollout.plan(seen(set, nodes, oldA, newA, oldB));
    assertThat(plan.delete()).containsExactly(oldA);
  }

  @Test
  void a_pod_that_is_on_its_way_out_counts_as_long_as_it_is_ready() {
    DaemonSet set = set(1, 0);
    Pod leaving = pod(set, "a", "new", true);
    leaving.getMetadata().setDeletionTimestamp(Objects.time(clock.now()));
    DaemonSetStatus status = DaemonStatus.of(seen(set, List.of(node("a")), leaving));
    assertThat(status.getNumberReady()).isEqualTo(1);
    assertThat(status.getNumberAvailable()).isEqualTo(1);
  }
}
