package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.operators.why.Finding;
import io.kubrig.operators.why.Gatherer;
import io.kubrig.operators.why.Standing;
import io.kubrig.operators.why.Why;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The chains of {@code kubrig why}, read from a running cluster. */
class WhyHeldUpTest {
  private static Finding why(KubrigCluster cluster, String kind, String name) {
    Gatherer gatherer = new Gatherer(cluster.client(), cluster.clock());
    HasMetadata object = gatherer.object(gatherer.kind(kind).orElseThrow(), "default", name).orElseThrow();
    return Why.of(object, gatherer.facts(object));
  }

  @Test
  void chains_lead_from_the_object_to_the_cause_and_end_when_the_cause_has_gone() throws InterruptedException {
    try (KubrigCluster cluster = KubrigCluster.builder().virtualTime().nodes(1).start()) {
      KubernetesClient client = cluster.client();
      client.resource(new ResourceQuotaBuilder().withNewMetadata().withName("small").withNamespace("default").endMetadata()
          .withNewSpec().withHard(Map.of("pods", new Quantity("1"))).endSpec().build()).create();
      cluster.settle();
      client.resource(Samples.deployment("web", 2)).create();
      cluster.advance(Duration.ofSeconds(5));
      Finding web = why(cluster, "deploy", "web");
      assertThat(web.standing()).isEqualTo(Standing.BLOCKED);
      assertThat(web.all().map(Finding::object)).first().isEqualTo("deployment default/web");
      assertThat(web.all().map(Finding::object)).last().isEqualTo("resourcequota default/small");

      client.resourceQuotas().inNamespace("default").withName("small").delete();
      cluster.advance(Duration.ofMinutes(20));
      assertThat(why(cluster, "deployments.apps", "web").standing()).isEqualTo(Standing.FINE);
    }
  }

  @Test
  void a_namespace_leads_to_the_finalizer_of_what_is_left_in_it() throws InterruptedException {
    try (KubrigCluster cluster = KubrigCluster.builder().virtualTime().nodes(0).start()) {
      KubernetesClient client = cluster.client();
      client.resource(new NamespaceBuilder().withNewMetadata().withName("gone").endMetadata().build()).create();
      ConfigMap kept = Samples.config("kept", "v");
      kept.getMetadata().setNamespace("gone");
      kept.getMetadata().setFinalizers(List.of("example.com/mine"));
      client.resource(kept).create();
      client.namespaces().withName("gone").delete();
      cluster.advance(Duration.ofMinutes(1));
      Finding namespace = why(cluster, "ns", "gone");
      assertThat(namespace.standing()).isEqualTo(Standing.BLOCKED);
      assertThat(namespace.all().map(Finding::object))
          .containsExactly("namespace gone", "ConfigMap", "configmap gone/kept", "finalizer example.com/mine");
    }
  }
}
