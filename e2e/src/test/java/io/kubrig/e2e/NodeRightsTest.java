package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.kubelet.cluster.ApiEvents;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.testkit.KubrigCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the kubelet writes, it writes with the rights of a node and no more. */
class NodeRightsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void an_event_that_repeats_is_counted_by_a_node_that_may_not_read_events() throws InterruptedException {
    try (KubrigCluster cluster = KubrigCluster.builder().apiServerOnly().start();
        KubernetesClient node = cluster.clientFor("system:node:vm", "system:nodes");
        ApiEvents events = new ApiEvents(node, "vm", Clock.system())) {
      Pod pod = pod();

      for (int i = 0; i < 3; i++) {
        events.record(pod, "", true, "BackOff", "Back-off pulling image \"none\"");
      }

      List<Event> seen = Eventually.see("counted event", PATIENCE, () -> written(cluster),
          all -> all.stream().anyMatch(e -> e.getCount() == 3));
      assertThat(seen).hasSize(1);
    }
  }

  private static List<Event> written(KubrigCluster cluster) {
    return cluster.client().v1().events().inNamespace("default").list().getItems();
  }

  private static Pod pod() {
    return new PodBuilder()
        .withNewMetadata().withName("web").withNamespace("default").withUid("5c6f").endMetadata()
        .withNewSpec().withNodeName("vm").addNewContainer().withName("web").withImage("none").endContainer().endSpec()
        .build();
  }
}
