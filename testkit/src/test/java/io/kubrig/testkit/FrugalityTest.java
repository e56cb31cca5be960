package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.testkit.traffic.CallPattern;
import org.junit.jupiter.api.Test;

/** Components read what they watch from memory: they ask the API server for nothing before they write. */
@KubrigTest(nodes = 1, virtualTime = true)
class FrugalityTest {
  private static final String SCHEDULER = "kube-scheduler";

  @Test
  void a_pod_that_fits_nowhere_costs_the_scheduler_one_patch_and_no_read(KubrigCluster cluster, KubernetesClient client)
      throws InterruptedException {
    Pod huge = new PodBuilder()
        .withNewMetadata().withName("huge").withNamespace("default").endMetadata()
        .withNewSpec().addToNodeSelector("size", "none").addNewContainer().withName("c").withImage("none").endContainer().endSpec()
        .build();
    client.resource(huge).create();

    cluster.settle();

    assertThat(client.resource(huge).get().getStatus().getConditions()).extracting("reason").containsExactly("Unschedulable");
    assertThat(cluster.traffic().calls(CallPattern.calls().by(SCHEDULER).resource("pods/status").verb("patch"))).hasSize(1);
    assertThat(cluster.traffic().calls(CallPattern.calls().by(SCHEDULER).resource("pods").verb("get"))).isEmpty();
  }
}
