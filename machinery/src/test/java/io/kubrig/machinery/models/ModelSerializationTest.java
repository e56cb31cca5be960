package io.kubrig.machinery.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesList;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.runtime.RawExtension;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ModelSerializationTest {
  private final KubernetesSerialization ours = new ModelSerialization();

  @Test
  void finds_the_same_class_for_every_kind_that_the_client_knows() {
    KubernetesSerialization theirs = new KubernetesSerialization();
    List<String> different = new ArrayList<>();
    for (ServiceLoader.Provider<KubernetesResource> provider : ServiceLoader.load(KubernetesResource.class).stream().toList()) {
      String group = HasMetadata.getGroup(provider.type());
      String version = HasMetadata.getVersion(provider.type());
      if (version != null) {
        String apiVersion = group == null || group.isEmpty() ? version : group + "/" + version;
        String kind = HasMetadata.getKind(provider.type());
        if (theirs.getRegisteredKubernetesResource(apiVersion, kind) != ours.getRegisteredKubernetesResource(apiVersion, kind)) {
          different.add(apiVersion + " " + kind);
        }
      }
    }
    assertThat(different).isEmpty();
  }

  @Test
  void objects_become_what_they_say_they_are() {
    assertThat(ours.<Object>unmarshal("{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\"}")).isInstanceOf(Deployment.class);
    assertThat(ours.<Object>unmarshal("{\"apiVersion\":\"example.com/v1\",\"kind\":\"Deployment\"}"))
        .isInstanceOf(GenericKubernetesResource.class);
    WatchEvent event =
        ours.unmarshal("{\"type\":\"ADDED\",\"object\":{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"}}", WatchEvent.class);
    assertThat(event.getObject()).isInstanceOf(ConfigMap.class);
    KubernetesList list =
        ours.unmarshal("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"}]}");
    assertThat(list.getItems()).hasOnlyElementsOfType(ConfigMap.class);
  }

  @Test
  void an_object_may_say_late_or_never_what_it_is() {
    Object late = ours.unmarshal("{\"data\":{\"a\":\"b\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"},"
        + "\"apiVersion\":\"v1\",\"immutable\":true}");
    assertThat(late).isInstanceOfSatisfying(ConfigMap.class, map -> {
      assertThat(map.getData()).containsEntry("a", "b");
      assertThat(map.getMetadata().getName()).isEqualTo("x");
      assertThat(map.getImmutable()).isTrue();
    });
    assertThat(ours.<Object>unmarshal("{\"kind\":\"ConfigMap\",\"apiVersion\":null,\"data\":{}}")).isInstanceOf(RawExtension.class);
  }

  @Test
  void what_components_read_has_no_managed_fields() {
    String text = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"managedFields\":[{\"manager\":\"m\","
        + "\"fieldsV1\":{\"f:a\":{}}}],\"name\":\"x\"}}";
    ConfigMap whole = ours.unmarshal(text, ConfigMap.class);
    ConfigMap trimmed = ModelSerialization.trimmed().unmarshal(text, ConfigMap.class);
    assertThat(whole.getMetadata().getManagedFields()).hasSize(1);
    assertThat(trimmed.getMetadata().getManagedFields()).isEmpty();
    assertThat(trimmed.getMetadata().getAdditionalProperties()).isEmpty();
    whole.getMetadata().setManagedFields(List.of());
    assertThat(trimmed).isEqualTo(whole);
  }

  @Test
  void objects_of_caches_are_equal_to_others_and_share_their_parts() {
    ModelSerialization shared = ModelSerialization.shared();
    Pod first = shared.unmarshal(pod("a"), Pod.class);
    Pod second = shared.unmarshal(pod("b"), Pod.class);
    assertThat(first).isEqualTo(ours.unmarshal(pod("a"), Pod.class));
    assertThat(shared.asJson(first)).isEqualTo(ours.asJson(ours.unmarshal(pod("a"), Pod.class)));
    assertThat(second.getMetadata().getLabels()).isSameAs(first.getMetadata().getLabels());
    assertThat(second.getMetadata().getOwnerReferences().getFirst()).isSameAs(first.getMetadata().getOwnerReferences().getFirst());
    assertThat(second.getSpec().getTolerations().getFirst()).isSameAs(first.getSpec().getTolerations().getFirst());
    assertThat(second.getAdditionalProperties()).isSameAs(first.getSpec().getAdditionalProperties());
    assertThat(first.getSpec().getTolerations().getFirst().getAdditionalProperties()).containsEntry("new", 1);
  }

  private static String pod(String name) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"app\":\"web\"},"
        + "\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"name\":\"web\",\"uid\":\"1\",\"controller\":true}]},"
        + "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"resources\":{\"requests\":{\"cpu\":\"100m\"}}}],"
        + "\"tolerations\":[{\"key\":\"k\",\"operator\":\"Exists\",\"new\":1}]}}";
  }

  @Test
  void quantities_of_caches_stay_as_they_were_written() {
    ModelSerialization shared = ModelSerialization.shared();
    String thousandths = pod("a").replace("100m", "1000m");
    String one = pod("b").replace("100m", "1");
    shared.unmarshal(thousandths, Pod.class);
    assertThat(shared.asJson(shared.unmarshal(one, Pod.class))).contains("\"cpu\":\"1\"");
    assertThat(shared.asJson(shared.unmarshal(thousandths, Pod.class))).contains("\"cpu\":\"1000m\"");
  }

  @Test
  void a_class_that_was_registered_comes_first() {
    ours.registerKubernetesResource("example.com/v1", "Mine", ConfigMap.class);
    assertThat(ours.<Object>unmarshal("{\"apiVersion\":\"example.com/v1\",\"kind\":\"Mine\"}")).isInstanceOf(ConfigMap.class);
  }
}
