package io.kubrig.operators.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kubrig.machinery.quantity.Quantity;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodUsageTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Container container(String policy, String cpu) {
    return new ContainerBuilder().withName("c").withRestartPolicy(policy).withNewResources()
        .addToRequests("cpu", new io.fabric8.kubernetes.api.model.Quantity(cpu)).endResources().build();
  }

  @Test
  void init_containers_count_where_they_need_more_and_sidecars_always() {
    Pod pod = new PodBuilder().withNewMetadata().endMetadata().withNewSpec()
        .withInitContainers(container("Always", "100m"), container(null, "900m")).withContainers(container(null, "200m")).endSpec().build();
    Map<String, Quantity> usage = PodUsage.of(pod, NOW);
    assertThat(usage).containsEntry("requests.cpu", Quantity.parse("1")).containsEntry("cpu", Quantity.parse("1"))
        .containsEntry("pods", Quantity.of(1)).containsEntry("count/pods", Quantity.of(1));
  }

  @Test
  void a_finished_pod_counts_as_an_object_only() {
    Pod pod = new PodBuilder().withNewMetadata().endMetadata().withNewSpec().withContainers(container(null, "1")).endSpec()
        .withNewStatus().withPhase("Succeeded").endStatus().build();
    assertThat(PodUsage.of(pod, NOW)).containsOnlyKeys("count/pods");
  }

  @Test
  void names_of_a_quota_are_told_apart() {
    assertThat(PodUsage.covers("requests.example.test/gpu")).isTrue();
    assertThat(PodUsage.covers("limits.memory")).isTrue();
    assertThat(PodUsage.covers("requests.storage")).isFalse();
    assertThat(Counts.resource("count/deployments.apps")).contains("deployments.apps");
    assertThat(Counts.resource("secrets")).contains("secrets.");
  }
}
