package io.kubrig.operators.horizontalpodautoscaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodMathTest {
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
  private static final PodGroups.Youth YOUTH = new PodGroups.Youth(Duration.ofMinutes(5), Duration.ofSeconds(30));
  private static final Tolerances TENTH = new Tolerances(0.1, 0.1);

  private static Pod pod(String name, boolean ready) {
    return new PodBuilder().withNewMetadata().withName(name).endMetadata()
        .withNewSpec().addNewContainer().withName("app").withNewResources().addToRequests("cpu", new Quantity("100m")).endResources()
            .endContainer()
        .endSpec()
        .withNewStatus().withPhase("Running").withStartTime("2026-01-01T00:00:00Z")
        .addNewCondition().withType("Ready").withStatus(ready ? "True" : "False").withLastTransitionTime("2026-01-01T00:00:10Z")
            .endCondition()
        .endStatus().build();
  }

  private static Map<String, PodMetric> usage(Object... pairs) {
    Map<String, PodMetric> usage = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      usage.put((String) pairs[i], new PodMetric(NOW, Duration.ofMinutes(1), (Integer) pairs[i + 1]));
    }
    return usage;
  }

  private static PodMath math(int replicas, Pod... pods) {
    return new PodMath(List.of(pods), replicas, TENTH, YOUTH, NOW);
  }

  @Test
  void twice_the_usage_doubles_the_pods() throws MetricsException {
    PodMath.Proposal proposal = math(2, pod("a", true), pod("b", true)).byUtilization(usage("a", 100, "b", 100), "cpu", "", 50);
    assertThat(proposal).isEqualTo(new PodMath.Proposal(4, 100, 100));
  }

  @Test
  void a_usage_within_the_tolerance_changes_nothing() throws MetricsException {
    PodMath.Proposal proposal = math(2, pod("a", true), pod("b", true)).byUtilization(usage("a", 54, "b", 54), "cpu", "", 50);
    assertThat(proposal).isEqualTo(new PodMath.Proposal(2, 54, 54));
  }

  @Test
  void a_pod_without_metric_counts_as_idle_when_more_are_wanted() throws MetricsException {
    // 60 % of two, none of the third: 40 % of three, which would turn the direction
    PodMath.Proposal proposal = math(3, pod("a", true), pod("b", true), pod("c", true))
        .byUtilization(usage("a", 60, "b", 60), "cpu", "", 50);
    assertThat(proposal.replicas()).isEqualTo(3);
    assertThat(proposal.percent()).isEqualTo(60);
  }

  @Test
  void a_pod_without_metric_counts_as_busy_when_fewer_are_wanted() throws MetricsException {
    PodMath.Proposal proposal = math(4, pod("a", true), pod("b", true), pod("c", true), pod("d", true))
        .byUtilization(usage("a", 10, "b", 10, "c", 10), "cpu", "", 50);
    assertThat(proposal.replicas()).isEqualTo(3); // (30 + 100) / 400 = 32 %
  }

  @Test
  void a_pod_that_was_never_ready_counts_as_idle() throws MetricsException {
    PodMath.Proposal proposal = math(2, pod("a", true), pod("b", false)).byUtilization(usage("a", 300, "b", 300), "cpu", "", 50);
    assertThat(proposal).isEqualTo(new PodMath.Proposal(6, 300, 300));
  }

  @Test
  void a_container_without_request_is_named() {
    Pod bare = pod("a", true);
    bare.getSpec().getContainers().getFirst().setResources(null);
    assertThatThrownBy(() -> math(1, bare).byUtilization(usage("a", 50), "cpu", "", 50))
        .hasMessage("missing request for cpu in container app of Pod a");
  }

  @Test
  void no_pods_and_no_settled_pods_have_messages_of_their_own() {
    assertThatThrownBy(() -> math(1).byAverage(usage(), "cpu", 30))
        .hasMessage("no pods returned by selector while calculating replica count");
    assertThatThrownBy(() -> math(1, pod("a", false)).byAverage(usage("a", 50), "cpu", 30))
        .hasMessage("did not receive metrics for targeted pods (pods might be unready)");
  }

  @Test
  void one_value_multiplies_the_ready_pods_and_wakes_a_target_of_size_zero() throws MetricsException {
    assertThat(math(3, pod("a", true), pod("b", true), pod("c", false)).byValue(30_000, 10_000).replicas()).isEqualTo(6);
    assertThat(math(0).byValue(30_000, 10_000).replicas()).isEqualTo(3);
    assertThat(math(0).byValue(0, 10_000).replicas()).isZero();
  }

  @Test
  void a_shared_value_is_divided_by_the_target() {
    assertThat(math(2).byShare(25_000, 10_000, 2)).isEqualTo(new PodMath.Proposal(3, 12_500, 0));
    assertThat(math(2).byShare(21_000, 10_000, 2)).isEqualTo(new PodMath.Proposal(2, 10_500, 0));
  }
}
