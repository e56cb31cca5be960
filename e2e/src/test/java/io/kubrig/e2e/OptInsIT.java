package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.testkit.KubrigCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What users can ask for that native controllers do not do, and that nothing is different while they do not. */
class OptInsIT {
  private static KubrigCluster cluster() throws InterruptedException {
    return KubrigCluster.builder().nodes(1).virtualTime()
        .controllers("statefulset-controller", "serviceaccount-controller", "node-lifecycle-controller",
            "horizontal-pod-autoscaler-controller").start();
  }

  /** @param image of the name {@code broken} makes pods that never become ready */
  private static StatefulSet set(String name, String image, Map<String, String> annotations) {
    Map<String, String> fate = image.equals("broken") ? Map.of("simulated.kubrig.io/ready-after", "never") : Map.of();
    return new StatefulSetBuilder().withNewMetadata().withName(name).withNamespace("default").withAnnotations(annotations).endMetadata()
        .withNewSpec().withReplicas(2).withServiceName(name).withNewSelector().addToMatchLabels("app", name).endSelector()
        .withNewTemplate().withNewMetadata().addToLabels("app", name).withAnnotations(fate).endMetadata()
        .withNewSpec().addNewContainer().withName("app").withImage(image).endContainer().endSpec().endTemplate().endSpec().build();
  }

  private static List<String> images(KubernetesClient client, String name) {
    return client.pods().inNamespace("default").withLabel("app", name).list().getItems().stream().map(Pod::getSpec)
        .map(spec -> spec.getContainers().getFirst().getImage()).toList();
  }

  private static List<Event> events(KubernetesClient client, String about, String reason) {
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> about.equals(event.getInvolvedObject().getName()) && reason.equals(event.getReason())).toList();
  }

  private static void edit(KubernetesClient client, String name, UnaryOperator<StatefulSet> change) {
    client.apps().statefulSets().inNamespace("default").withName(name).edit(change);
  }

  /** A set that was fine, was given a broken template, and then its old one again. */
  private static void breakAndMend(KubrigCluster cluster, String name, Map<String, String> annotations) throws InterruptedException {
    KubernetesClient client = cluster.client();
    client.resource(set(name, "good", annotations)).create();
    cluster.advance(Duration.ofSeconds(60));
    assertThat(images(client, name)).containsExactly("good", "good");
    edit(client, name, set -> new StatefulSetBuilder(set).withSpec(set(name, "broken", annotations).getSpec()).build());
    cluster.advance(Duration.ofSeconds(120));
    assertThat(images(client, name)).containsExactly("good", "broken");
    edit(client, name, set -> new StatefulSetBuilder(set).withSpec(set(name, "good", annotations).getSpec()).build());
    cluster.advance(Duration.ofMinutes(30));
  }

  @Test
  void a_set_waits_for_ever_for_a_broken_pod_unless_it_is_asked_not_to() throws Exception {
    try (KubrigCluster cluster = cluster()) {
      KubernetesClient client = cluster.client();
      breakAndMend(cluster, "native", Map.of());
      assertThat(images(client, "native")).containsExactly("good", "broken");
      breakAndMend(cluster, "forced", Map.of("kubrig.io/forced-rollback", "true"));
      assertThat(images(client, "forced")).containsExactly("good", "good");
      assertThat(client.apps().statefulSets().inNamespace("default").withName("forced").get().getStatus().getReadyReplicas()).isEqualTo(2);
      assertThat(events(client, "forced", "ForcedRollback")).singleElement().satisfies(event -> assertThat(event.getMessage())
          .matches("Pod forced-1 of revision forced-\\w+ is not ready and was not waited for: revision forced-\\w+ is wanted"));
      assertThat(events(client, "forced", "SuccessfulDelete")).anySatisfy(
          event -> assertThat(event.getMessage()).isEqualTo("Delete Pod forced-1 in StatefulSet forced successful"));
    }
  }

  @Test
  void a_value_that_makes_no_sense_asks_for_nothing_and_is_told_once() throws Exception {
    try (KubrigCluster cluster = cluster()) {
      KubernetesClient client = cluster.client();
      breakAndMend(cluster, "odd", Map.of("kubrig.io/forced-rollback", "yes"));
      assertThat(images(client, "odd")).containsExactly("good", "broken");
      assertThat(events(client, "odd", "InvalidAnnotation")).singleElement().satisfies(event -> {
        assertThat(event.getMessage())
            .isEqualTo("The annotation kubrig.io/forced-rollback has no effect: \"yes\" is neither true nor false");
        assertThat(event.getCount()).isEqualTo(1);
        assertThat(event.getType()).isEqualTo("Warning");
      });
    }
  }

  private static HorizontalPodAutoscaler autoscaler(String name, Map<String, String> annotations) {
    return new HorizontalPodAutoscalerBuilder().withNewMetadata().withName(name).withNamespace("default").withAnnotations(annotations)
        .endMetadata().withNewSpec().withMaxReplicas(3).withNewScaleTargetRef().withApiVersion("apps/v1").withKind("Deployment")
        .withName("missing").endScaleTargetRef().endSpec().build();
  }

  /** An autoscaler without a target says so whenever it is looked at. */
  private static int looks(KubernetesClient client, String name) {
    return events(client, name, "FailedGetScale").stream().mapToInt(Event::getCount).sum();
  }

  @Test
  void an_autoscaler_may_have_a_sync_period_of_its_own() throws Exception {
    try (KubrigCluster cluster = cluster()) {
      KubernetesClient client = cluster.client();
      String period = "kubrig.io/hpa-sync-period";
      client.resource(autoscaler("usual", Map.of())).create();
      client.resource(autoscaler("quick", Map.of(period, "3s"))).create();
      client.resource(autoscaler("slow", Map.of(period, "1m"))).create();
      client.resource(autoscaler("hasty", Map.of(period, "10ms"))).create();
      cluster.advance(Duration.ofSeconds(61));
      assertThat(looks(client, "usual")).isEqualTo(4);
      assertThat(looks(client, "quick")).isEqualTo(20);
      assertThat(looks(client, "slow")).isEqualTo(1);
      assertThat(looks(client, "hasty")).isEqualTo(4);
      assertThat(events(client, "hasty", "InvalidAnnotation")).singleElement().satisfies(event -> assertThat(event.getMessage())
          .isEqualTo("The annotation kubrig.io/hpa-sync-period has no effect: \"10ms\" is shorter than 1s"));
    }
  }
}
