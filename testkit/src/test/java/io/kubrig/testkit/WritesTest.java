package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.testkit.assertion.KubrigAssertions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a mock cannot do, first part: writing. */
@KubrigTest(controllers = false, scheduler = false, nodes = 0, manifests = "testkit/widgets.yaml", isolation = KubrigTest.Isolation.METHOD)
class WritesTest {
  KubernetesClient client;

  @Test
  void server_side_apply_creates_what_is_not_there_and_notes_who_owns_it() {
    ConfigMap made = client.resource(Samples.config("a", "1")).fieldManager("one").serverSideApply();
    KubrigAssertions.assertThat(made).hasField("data.k", "one");
  }

  @Test
  void server_side_apply_updates_its_own_fields_and_takes_back_those_it_leaves_out() {
    client.resource(Samples.config("a", "1")).fieldManager("one").serverSideApply();
    ConfigMap other = Samples.config("a", "");
    other.setData(Map.of("other", "2"));
    ConfigMap changed = client.resource(other).fieldManager("one").serverSideApply();
    assertThat(changed.getData()).containsOnlyKeys("other");
  }

  @Test
  void server_side_apply_meets_a_conflict_unless_it_is_forced() {
    client.resource(Samples.config("a", "1")).fieldManager("one").serverSideApply();
    assertThatThrownBy(() -> client.resource(Samples.config("a", "2")).fieldManager("two").serverSideApply())
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("conflict with \"one\"");
    ConfigMap forced = client.resource(Samples.config("a", "2")).fieldManager("two").forceConflicts().serverSideApply();
    KubrigAssertions.assertThat(forced).hasField("data.k", "two").hasFieldNotManagedBy("data.k", "one");
  }

  @Test
  void a_strategic_merge_patch_merges_lists_by_their_keys() {
    client.resource(Samples.deployment("web", 1)).create();
    String patch = "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"sidecar\",\"image\":\"s\"}]}}}}";
    Deployment patched =
        client.apps().deployments().inNamespace("default").withName("web").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
    assertThat(patched.getSpec().getTemplate().getSpec().getContainers()).extracting("name").containsExactlyInAnyOrder("c", "sidecar");
  }

  @Test
  void the_status_is_written_through_its_subresource_only() {
    GenericKubernetesResource widget = widget("w", Map.of("color", "red"));
    widget.setAdditionalProperty("status", Map.of("ready", true));
    GenericKubernetesResource made = client.resource(widget).create();
    assertThat(made.getAdditionalProperties()).doesNotContainKey("status");
    made.setAdditionalProperty("status", Map.of("ready", true));
    made.setAdditionalProperty("spec", Map.of("color", "green", "size", 9));
    GenericKubernetesResource after = client.resource(made).updateStatus();
    assertThat(after.<Boolean>get("status", "ready")).isTrue();
    assertThat(after.<String>get("spec", "color")).isEqualTo("red");
  }

  @Test
  void the_generation_counts_changes_of_the_spec_and_no_others() {
    GenericKubernetesResource made = client.resource(widget("w", Map.of("color", "red"))).create();
    made.setAdditionalProperty("status", Map.of("ready", false));
    assertThat(client.resource(made).updateStatus().getMetadata().getGeneration()).isEqualTo(1);
    GenericKubernetesResource changed = client.resource(made).get();
    changed.setAdditionalProperty("spec", Map.of("color", "green"));
    assertThat(client.resource(changed).update().getMetadata().getGeneration()).isEqualTo(2);
  }

  @Test
  void a_custom_resource_is_validated_by_its_schema() {
    assertThatThrownBy(() -> client.resource(widget("w", Map.of("color", "blue"))).create())
        .hasMessageContaining("spec.color: Unsupported value: \"blue\"");
  }

  @Test
  void a_custom_resource_is_given_its_defaults_and_loses_unknown_fields() {
    GenericKubernetesResource made = client.resource(widget("w", Map.of("color", "red", "unknown", 1))).create();
    assertThat(made.<Integer>get("spec", "size")).isEqualTo(3);
    assertThat(made.<Object>get("spec", "unknown")).isNull();
  }

  @Test
  void a_custom_resource_is_validated_by_expressions() {
    assertThatThrownBy(() -> client.resource(widget("w", Map.of("size", 5, "limit", 4))).create())
        .hasMessageContaining("size must not exceed limit");
  }

  @Test
  void an_admission_policy_denies_what_its_expression_forbids(KubrigCluster cluster) throws Exception {
    cluster.apply("testkit/policy.yaml");
    cluster.settle();
    assertThatThrownBy(() -> client.resource(Samples.config("bad-name", "1")).create()).hasMessageContaining("no bad names");
    assertThat(client.resource(Samples.config("good", "1")).create()).isNotNull();
  }

  @Test
  void a_stale_update_is_a_conflict() {
    ConfigMap first = client.resource(Samples.config("a", "1")).create();
    client.resource(Samples.config("a", "2")).update();
    first.setData(Map.of("k", "3"));
    assertThatThrownBy(() -> client.resource(first).update())
        .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  @Test
  void a_dry_run_validates_and_defaults_but_stores_nothing() {
    assertThat(client.resource(Samples.deployment("web", 1)).dryRun().create().getSpec().getProgressDeadlineSeconds()).isEqualTo(600);
    assertThat(client.apps().deployments().inNamespace("default").withName("web").get()).isNull();
  }

  @Test
  void a_finalizer_keeps_an_object_until_it_is_taken_away() {
    ConfigMap config = Samples.config("a", "1");
    config.getMetadata().getFinalizers().add("example.com/keep");
    client.resource(config).create();
    client.resource(config).delete();
    KubrigAssertions.assertThat(client.resource(config).get()).isBeingDeleted().hasFinalizer("example.com/keep");
    client.resource(config).edit(found -> {
      found.getMetadata().getFinalizers().clear();
      return found;
    });
    assertThat(client.resource(config).get()).isNull();
  }

  @Test
  void a_quota_refuses_what_would_exceed_it() {
    client
        .resource(
            new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("few")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .addToHard("configmaps", new Quantity("0"))
                .endSpec()
                .withNewStatus()
                .endStatus()
                .build())
        .create();
    client.resourceQuotas().inNamespace("default").withName("few").editStatus(quota -> {
      quota.getStatus().setHard(Map.of("configmaps", new Quantity("0")));
      quota.getStatus().setUsed(Map.of("configmaps", new Quantity("0")));
      return quota;
    });
    assertThatThrownBy(() -> client.resource(Samples.config("a", "1")).create()).hasMessageContaining("exceeded quota: few");
  }

  @Test
  void label_selectors_know_sets() {
    for (String tier : new String[] {"web", "db", "cache"}) {
      ConfigMap config = Samples.config(tier, "1");
      config.getMetadata().setLabels(Map.of("tier", tier));
      client.resource(config).create();
    }
    assertThat(client.configMaps().inNamespace("default").withLabelIn("tier", "web", "db").list().getItems())
        .extracting(found -> found.getMetadata().getName())
        .containsExactlyInAnyOrder("web", "db");
    assertThat(client.configMaps().inNamespace("default").withLabel("tier").withLabelNotIn("tier", "web", "db").list().getItems())
        .hasSize(1);
  }

  @Test
  void a_pod_with_nonsense_is_refused_with_every_reason() {
    client.resource(new ServiceAccountBuilder().withNewMetadata().withName("default").withNamespace("default").endMetadata().build())
        .create();
    Pod pod = new PodBuilder().withNewMetadata().withName("Bad_Name").withNamespace("default").endMetadata().withNewSpec().endSpec()
        .build();
    assertThatThrownBy(() -> client.resource(pod).create())
        .hasMessageContaining("metadata.name: Invalid value")
        .hasMessageContaining("spec.containers: Required value");
  }

  private static GenericKubernetesResource widget(String name, Map<String, Object> spec) {
    GenericKubernetesResource widget = new GenericKubernetesResource();
    widget.setApiVersion("example.com/v1");
    widget.setKind("Widget");
    widget.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder().withName(name).withNamespace("default").build());
    widget.setAdditionalProperty("spec", spec);
    return widget;
  }
}
