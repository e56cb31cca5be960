package io.kubrig.kubelet.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.kubelet.pod.Pods;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CgroupResourcesTest {
  private static final long GIB = 1L << 30;

  private static Container container(Map<String, String> requests, Map<String, String> limits) {
    ContainerBuilder builder = new ContainerBuilder(Pods.container("a")).withNewResources().endResources();
    requests.forEach((name, amount) -> builder.editResources().addToRequests(name, new Quantity(amount)).endResources());
    limits.forEach((name, amount) -> builder.editResources().addToLimits(name, new Quantity(amount)).endResources());
    return builder.build();
  }

  private static Pod pod(Container container) {
    return Pods.pod("Always", List.of(), container);
  }

  @Test
  void a_container_without_wishes_is_the_first_to_go() {
    Container container = container(Map.of(), Map.of());
    var resources = CgroupResources.of(pod(container), container, 8 * GIB, true);
    assertThat(resources.getCpuShares()).isEqualTo(2);
    assertThat(resources.getCpuQuota()).isZero();
    assertThat(resources.getMemoryLimitInBytes()).isZero();
    assertThat(resources.getOomScoreAdj()).isEqualTo(1000);
    assertThat(Qos.of(pod(container))).isEqualTo(Qos.BEST_EFFORT);
  }

  @Test
  void a_burstable_container_is_scored_by_its_share_of_the_memory() {
    Container container = container(Map.of("cpu", "250m", "memory", "2Gi"), Map.of("cpu", "1500m", "memory", "4Gi"));
    var resources = CgroupResources.of(pod(container), container, 8 * GIB, true);
    assertThat(resources.getCpuShares()).isEqualTo(256);
    assertThat(resources.getCpuQuota()).isEqualTo(150_000);
    assertThat(resources.getMemoryLimitInBytes()).isEqualTo(4 * GIB);
    assertThat(resources.getOomScoreAdj()).isEqualTo(750);
    assertThat(Qos.of(pod(container))).isEqualTo(Qos.BURSTABLE);
  }

  @Test
  void equal_requests_and_limits_make_a_guaranteed_pod() {
    Container container = container(Map.of(), Map.of("cpu", "1", "memory", "1Gi"));
    assertThat(Qos.of(pod(container))).isEqualTo(Qos.GUARANTEED);
    assertThat(CgroupResources.oomScore(pod(container), container, 8 * GIB)).isEqualTo(-997);
  }

  @Test
  void a_quota_is_never_below_a_millisecond() {
    assertThat(CgroupResources.quota(1)).isEqualTo(1000);
  }

  @Test
  void the_parent_group_names_class_and_pod() {
    Container container = container(Map.of("cpu", "1"), Map.of());
    assertThat(new PodCgroups("/", false).parent(pod(container))).isEqualTo("/kubepods/burstable/podu1");
    assertThat(new PodCgroups("/x", false).parent(pod(container(Map.of(), Map.of())))).isEqualTo("/x/kubepods/besteffort/podu1");
    assertThat(new PodCgroups("", true).parent(pod(container))).isEqualTo("kubepods-burstable-podu1.slice");
  }
}
