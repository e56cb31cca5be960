package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@KubrigTest(nodes = 2)
class KubrigTestTest {

  @Test
  void a_deployment_rolls_out(KubernetesClient client) {
    client.apps().deployments().inNamespace("default").resource(deployment("web", 3)).create();
    Deployment rolled =
        client
            .apps()
            .deployments()
            .inNamespace("default")
            .withName("web")
            .waitUntilCondition(found -> found != null
                && Integer.valueOf(3).equals(found.getStatus().getReadyReplicas()), 60, TimeUnit.SECONDS);
    assertThat(rolled.getStatus().getConditions()).anyMatch(c -> c.getType().equals("Available") && c.getStatus().equals("True"));
  }

  @Test
  void server_side_apply_creates_and_reports_conflicts(KubernetesClient client) {
    client.resource(config("a", "1")).inNamespace("default").fieldManager("one").serverSideApply();
    assertThatThrownBy(() -> client.resource(config("a", "2")).inNamespace("default").fieldManager("two").serverSideApply())
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("conflict");
  }

  @Test
  void a_user_without_a_role_is_refused(KubrigCluster cluster) {
    try (KubernetesClient alice = cluster.clientFor("alice")) {
      assertThatThrownBy(() -> alice.pods().inNamespace("default").list())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("User \"alice\" cannot list resource \"pods\"");
    }
  }

  private static ConfigMap config(String name, String value) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace("default").endMetadata().addToData("k", value).build();
  }

  private static Deployment deployment(String name, int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .addToMatchLabels("app", name)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("c")
        .withImage("example.com/none")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
