package io.kubrig.scheduler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApi.PodRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MemoryClusterTest {
  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private final List<HasMetadata> told = new ArrayList<>();

  private Pod create() {
    cluster.watch(new ClusterApi.Listener() {
      @Override
      public void added(HasMetadata object) {
        told.add(object);
      }

      @Override
      public void updated(HasMetadata object) {
        told.add(object);
      }

      @Override
      public void deleted(HasMetadata object) {}
    });
    return cluster.create(new KubernetesSerialization().unmarshal(
        "---\n{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ns}, spec: {containers: [{name: c}]}}", Pod.class));
  }

  @Test
  void binding_makes_a_new_version_and_leaves_the_old_one_as_it_was() {
    Pod old = create();
    String version = old.getMetadata().getResourceVersion();
    cluster.bind(new PodRef("ns", "p", old.getMetadata().getUid()), "n1");
    Pod bound = cluster.find(Pod.class, "ns", "p").orElseThrow();
    assertThat(bound.getSpec().getNodeName()).isEqualTo("n1");
    assertThat(bound.getStatus().getConditions()).extracting(c -> c.getType()).containsExactly("PodScheduled");
    assertThat(bound.getSpec().getContainers()).isEqualTo(old.getSpec().getContainers());
    assertThat(bound.getMetadata().getResourceVersion()).isNotEqualTo(version);
    assertThat(old.getSpec().getNodeName()).isNull();
    assertThat(old.getStatus().getConditions()).isEmpty();
    assertThat(old.getMetadata().getResourceVersion()).isEqualTo(version);
    assertThat(told).containsExactly(old, bound);
  }

  @Test
  void a_patch_changes_what_it_names_and_leaves_the_old_version_as_it_was() {
    Pod old = create();
    Pod patched = cluster.patch(Pod.class, "ns", "p", Map.of("metadata", Map.of("labels", Map.of("a", "b")),
        "status", Map.of("message", "m")));
    assertThat(patched.getMetadata().getLabels()).isEqualTo(Map.of("a", "b"));
    assertThat(patched.getMetadata().getUid()).isEqualTo(old.getMetadata().getUid());
    assertThat(patched.getStatus().getMessage()).isEqualTo("m");
    assertThat(patched.getStatus().getPhase()).isEqualTo("Pending");
    assertThat(patched.getSpec()).isEqualTo(old.getSpec());
    assertThat(old.getMetadata().getLabels()).isEmpty();
    assertThat(old.getStatus().getMessage()).isNull();
  }

  @Test
  void what_comes_in_is_copied() {
    Pod mine = create();
    Pod changed = new KubernetesSerialization().clone(mine);
    cluster.replace(changed);
    changed.getMetadata().getLabels().put("later", "yes");
    assertThat(cluster.find(Pod.class, "ns", "p").orElseThrow().getMetadata().getLabels()).isEmpty();
  }
}
