package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.operators.ControllerManagerFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A controller manager as the shadow of another one, in virtual time. */
class ShadowManagerTest {
  private static final String DIFFERENCES = "kubrig_controller_manager_shadow_differences_total{";

  private static KubernetesRegistry shadow(KubrigCluster cluster) throws InterruptedException {
    return cluster.start(new ControllerManagerFactory(), List.of("--shadow", "--secure-port=0", "--use-service-account-credentials=false",
        "--kube-api-qps=0"));
  }

  private static List<String> differences(KubernetesRegistry metrics) {
    return metrics.scrape().lines().filter(line -> line.startsWith(DIFFERENCES)).toList();
  }

  @Test
  void beside_a_manager_of_the_same_mind_it_tells_of_no_difference_and_writes_nothing() throws InterruptedException {
    try (KubrigCluster cluster = KubrigCluster.builder().virtualTime().nodes(2).start()) {
      KubernetesRegistry metrics = shadow(cluster);
      cluster.settle();
      KubernetesClient client = cluster.client();
      workloads(client);
      cluster.advance(Duration.ofMinutes(3));
      client.apps().deployments().inNamespace("default").withName("web").scale(5);
      cluster.settle();
      client.apps().deployments().inNamespace("default").withName("web").edit(web -> web.edit().editSpec().editTemplate().editMetadata()
          .addToLabels("v", "2").endMetadata().endTemplate().endSpec().build());
      client.apps().statefulSets().inNamespace("default").withName("db").scale(1);
      client.pods().inNamespace("default").withLabel("app", "agent").delete();
      client.namespaces().withName("gone").delete();
      cluster.advance(Duration.ofMinutes(3));
      assertThat(differences(metrics)).isEmpty();
      assertThat(metrics.scrape()).contains("kubrig_controller_manager_shadow_writes_total{outcome=\"different\"} 0");
      assertThat(client.pods().inNamespace("default").withLabel("app", "web").list().getItems()).hasSize(5);
      assertThat(client.namespaces().withName("gone").get()).isNull();
    }
  }

  private static void workloads(KubernetesClient client) {
    client.resource(Samples.deployment("web", 3)).create();
    client.resource(Samples.job("fails", "1s", 1)).create();
    client.resource(Samples.job("works", "5s", 0)).create();
    client.resource(new ServiceBuilder().withNewMetadata().withName("web").withNamespace("default").endMetadata().withNewSpec()
        .withSelector(Map.of("app", "web")).addNewPort().withPort(80).endPort().endSpec().build()).create();
    client.resource(new StatefulSetBuilder().withNewMetadata().withName("db").withNamespace("default").endMetadata().withNewSpec()
        .withReplicas(3).withServiceName("db").withNewSelector().addToMatchLabels("app", "db").endSelector()
        .withTemplate(Samples.template("db", "Always", Map.of())).endSpec().build()).create();
    client.resource(new DaemonSetBuilder().withNewMetadata().withName("agent").withNamespace("default").endMetadata().withNewSpec()
        .withNewSelector().addToMatchLabels("app", "agent").endSelector().withTemplate(Samples.template("agent", "Always", Map.of()))
        .endSpec().build()).create();
    client.resource(new NamespaceBuilder().withNewMetadata().withName("gone").endMetadata().build()).create();
    var elsewhere = Samples.deployment("elsewhere", 2);
    elsewhere.getMetadata().setNamespace("gone");
    client.resource(elsewhere).create();
  }

  @Test
  void what_the_other_manager_leaves_undone_is_told_by_controller_verb_and_resource() throws InterruptedException {
    try (KubrigCluster cluster = KubrigCluster.builder().virtualTime().nodes(1).controllers("*", "-job-controller").start()) {
      KubernetesRegistry metrics = shadow(cluster);
      cluster.settle();
      cluster.client().resource(Samples.job("orphan", "1s", 0)).create();
      cluster.advance(Duration.ofSeconds(20));
      assertThat(differences(metrics)).isEmpty();
      cluster.advance(Duration.ofMinutes(2));
      assertThat(differences(metrics)).isNotEmpty().allMatch(line -> line.contains("controller=\"job-controller\""))
          .anyMatch(line -> line.contains("verb=\"update\"") || line.contains("verb=\"create\""));
      List<Pod> pods = cluster.client().pods().inNamespace("default").list().getItems();
      assertThat(pods).isEmpty();
    }
  }
}
