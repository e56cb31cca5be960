package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.testkit.assertion.KubrigAssertions;
import io.kubrig.testkit.traffic.CallPattern;
import io.kubrig.testkit.traffic.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a mock cannot do, second part: what controllers, scheduler and nodes make of it. */
@KubrigTest(virtualTime = true, nodes = 2, isolation = KubrigTest.Isolation.METHOD)
class LifeCyclesTest {
  KubernetesClient client;
  KubrigCluster cluster;

  @Test
  void an_autoscaler_keeps_a_deployment_within_its_bounds() throws Exception {
    client.resource(Samples.deployment("web", 1)).create();
    client.resource(new HorizontalPodAutoscalerBuilder()
        .withNewMetadata().withName("web").withNamespace("default").endMetadata()
        .withNewSpec().withNewScaleTargetRef("apps/v1", "Deployment", "web").withMinReplicas(3).withMaxReplicas(5).endSpec()
        .build()).create();
    cluster.advance(Duration.ofMinutes(1));
    assertThat(client.apps().deployments().inNamespace("default").withName("web").get().getStatus().getReadyReplicas()).isEqualTo(3);
    HorizontalPodAutoscaler scaler = client.autoscaling().v2().horizontalPodAutoscalers().inNamespace("default").withName("web").get();
    KubrigAssertions.assertThat(scaler).hasCondition("AbleToScale", "True");
    assertThat(scaler.getStatus().getDesiredReplicas()).isEqualTo(3);
  }

  @Test
  void garbage_is_collected_in_the_background() throws Exception {
    ConfigMap owner = owned();
    client.resource(owner).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
    cluster.settle();
    assertThat(client.resource(owner).get()).isNull();
    assertThat(client.configMaps().inNamespace("default").withName("dependent").get()).isNull();
  }

  @Test
  void garbage_is_collected_in_the_foreground_before_its_owner_goes() throws Exception {
    ConfigMap owner = owned();
    client.configMaps().inNamespace("default").withName("dependent").edit(found -> {
      found.getMetadata().getFinalizers().add("example.com/keep");
      return found;
    });
    client.resource(owner).withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    cluster.settle();
    KubrigAssertions.assertThat(client.resource(owner).get()).isBeingDeleted().hasFinalizer("foregroundDeletion");
    client.configMaps().inNamespace("default").withName("dependent").edit(found -> {
      found.getMetadata().getFinalizers().clear();
      return found;
    });
    cluster.settle();
    assertThat(client.resource(owner).get()).isNull();
  }

  @Test
  void orphans_are_left_behind_without_their_owner() throws Exception {
    ConfigMap owner = owned();
    client.resource(owner).withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
    cluster.settle();
    assertThat(client.resource(owner).get()).isNull();
    assertThat(client.configMaps().inNamespace("default").withName("dependent").get().getMetadata().getOwnerReferences()).isEmpty();
  }

  private ConfigMap owned() throws InterruptedException {
    ConfigMap owner = client.resource(Samples.config("owner", "1")).create();
    ConfigMap dependent = Samples.config("dependent", "1");
    dependent.getMetadata().setOwnerReferences(
        List.of(
            new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName("owner")
                .withUid(owner.getMetadata().getUid())
                .withBlockOwnerDeletion(true)
                .build()));
    KubrigAssertions.assertThat(client.resource(dependent).create()).isOwnedBy(owner);
    cluster.settle();
    return owner;
  }

  @Test
  void a_namespace_finishes_deleting_with_all_that_is_in_it() throws Exception {
    Namespace team = new NamespaceBuilder().withNewMetadata().withName("team").endMetadata().build();
    client.resource(team).create();
    ConfigMap config = Samples.config("a", "1");
    config.getMetadata().setNamespace("team");
    client.resource(config).create();
    client.resource(team).delete();
    cluster.advance(Duration.ofSeconds(30));
    assertThat(client.resource(team).get()).isNull();
  }

  @Test
  void a_deployment_replaces_its_pods_when_its_template_changes() throws Exception {
    client.resource(Samples.deployment("web", 2)).create();
    cluster.settle();
    client.apps().deployments().inNamespace("default").withName("web").edit(found -> {
      found.getSpec().getTemplate().getSpec().getContainers().getFirst().setImage("example.com/new");
      return found;
    });
    cluster.advance(Duration.ofMinutes(2));
    assertThat(client.pods().inNamespace("default").withLabel("app", "web").list().getItems())
        .hasSize(2)
        .allMatch(pod -> pod.getSpec().getContainers().getFirst().getImage().equals("example.com/new"));
    assertThat(client.apps().replicaSets().inNamespace("default").list().getItems()).hasSize(2);
  }

  @Test
  void a_stateful_set_makes_its_pods_in_order() throws Exception {
    StatefulSet set =
        new StatefulSetBuilder()
            .withNewMetadata()
            .withName("db")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .withReplicas(3)
            .withServiceName("db")
            .withNewSelector()
            .addToMatchLabels("app", "db")
            .endSelector()
            .withTemplate(Samples.template("db", "Always", Map.of("simulated.kubrig.io/ready-after", "10s")))
            .endSpec()
            .build();
    client.resource(set).create();
    cluster.advance(Duration.ofSeconds(15));
    assertThat(names("db")).containsExactly("db-0", "db-1");
    cluster.advance(Duration.ofSeconds(30));
    assertThat(names("db")).containsExactly("db-0", "db-1", "db-2");
  }

  private List<String> names(String app) {
    return client.pods().inNamespace("default").withLabel("app", app).list().getItems().stream().map(pod -> pod.getMetadata().getName())
        .toList();
  }

  @Test
  void a_job_runs_to_its_end() throws Exception {
    Job job = client.resource(Samples.job("once", "10s", 0)).create();
    cluster.advance(Duration.ofSeconds(20));
    KubrigAssertions.assertThat(client.resource(job).get()).hasCondition("Complete", "True");
    KubrigAssertions.assertThat(cluster).hasEvent("Completed", job);
  }

  @Test
  void a_disruption_budget_has_a_status_and_refuses_an_eviction_too_many() throws Exception {
    client.resource(Samples.deployment("web", 2)).create();
    PodDisruptionBudget budget =
        new PodDisruptionBudgetBuilder()
            .withNewMetadata()
            .withName("web")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .withMinAvailable(new IntOrString(2))
            .withNewSelector()
            .addToMatchLabels("app", "web")
            .endSelector()
            .endSpec()
            .build();
    client.resource(budget).create();
    cluster.settle();
    assertThat(client.resource(budget).get().getStatus().getCurrentHealthy()).isEqualTo(2);
    Pod pod = client.pods().inNamespace("default").withLabel("app", "web").list().getItems().getFirst();
    assertThat(client.resource(pod).get().getStatus().getPhase()).isEqualTo("Running");
    assertThat(client.pods().resource(pod).evict()).isFalse();
  }

  @Test
  void an_eviction_takes_a_pod_away_and_its_set_makes_another() throws Exception {
    client.resource(Samples.deployment("web", 1)).create();
    cluster.settle();
    Pod pod = client.pods().inNamespace("default").withLabel("app", "web").list().getItems().getFirst();
    assertThat(client.pods().resource(pod).evict()).isTrue();
    cluster.advance(Duration.ofMinutes(1));
    assertThat(names("web")).hasSize(1).doesNotContain(pod.getMetadata().getName());
  }

  @Test
  void a_node_that_falls_silent_loses_its_pods_to_another() throws Exception {
    client.resource(Samples.deployment("web", 1)).create();
    cluster.settle();
    String node = client.pods().inNamespace("default").withLabel("app", "web").list().getItems().getFirst().getSpec().getNodeName();
    CallPattern heartbeats = CallPattern.calls().by("simulated-nodes").resource("leases").name(node);
    cluster.faults().always(heartbeats, new Fault.Refused(403, "Forbidden", "silenced"));
    cluster.faults().always(CallPattern.calls().by("simulated-nodes").resource("nodes/status").name(node),
        new Fault.Refused(403, "Forbidden", "silenced"));
    cluster.advance(Duration.ofMinutes(2));
    KubrigAssertions.assertThat(client.nodes().withName(node).get()).hasCondition("Ready", "Unknown");
    cluster.advance(Duration.ofMinutes(6));
    assertThat(client.pods().inNamespace("default").withLabel("app", "web").list().getItems())
        .filteredOn(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .hasSize(1)
        .noneMatch(pod -> pod.getSpec().getNodeName().equals(node));
  }

  @Test
  void a_pod_that_fits_nowhere_says_why() throws Exception {
    var huge = Samples.deployment("huge", 1);
    huge.getSpec().getTemplate().getSpec().getContainers().getFirst().setResources(
        new io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder()
            .addToRequests("cpu", new io.fabric8.kubernetes.api.model.Quantity("9999")).build());
    client.resource(huge).create();
    cluster.settle();
    Pod pod = client.pods().inNamespace("default").withLabel("app", "huge").list().getItems().getFirst();
    KubrigAssertions.assertThat(pod).hasConditionBecause("PodScheduled", "Unschedulable");
    assertThat(pod.getStatus().getConditions()).anyMatch(condition -> String.valueOf(condition.getMessage()).contains("Insufficient cpu"));
  }

  @Test
  void a_service_account_token_is_good_until_it_expires() throws Exception {
    String path = "/api/v1/namespaces/default/serviceaccounts/default/token";
    cluster.settle();
    String answer =
        client.raw(path, "POST",
            Map.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest", "spec", Map.of("expirationSeconds", 600)));
    String token = answer.replaceAll("(?s).*\"token\":\\s*\"([^\"]+)\".*", "$1");
    TokenReview review = new TokenReviewBuilder().withNewSpec().withToken(token).endSpec().build();
    TokenReview now = client.tokenReviews().create(review);
    assertThat(now.getStatus().getAuthenticated()).isTrue();
    assertThat(now.getStatus().getUser().getUsername()).isEqualTo("system:serviceaccount:default:default");
    cluster.advance(Duration.ofMinutes(12)); // native allows clocks to differ by a minute
    assertThat(client.tokenReviews().create(review).getStatus().getAuthenticated()).isNotEqualTo(true);
  }

  @Test
  void a_user_may_do_what_a_role_grants_and_no_more(@AsUser("alice") KubernetesClient alice) throws InterruptedException {
    assertThatThrownBy(() -> alice.configMaps().inNamespace("default").list())
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("User \"alice\" cannot list resource \"configmaps\"");
    cluster.apply("testkit/reader.yaml");
    cluster.settle(); // authorization follows the roles, as it does natively
    assertThat(alice.configMaps().inNamespace("default").list()).isNotNull();
    KubrigAssertions.assertThat(cluster).allows("alice", "list", "configmaps", "default")
        .denies("alice", "delete", "configmaps", "default");
  }
}
