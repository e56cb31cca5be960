package io.kubrig.machinery.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesList;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.apps.Deployment;
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
  void a_class_that_was_registered_comes_first() {
    ours.registerKubernetesResource("example.com/v1", "Mine", ConfigMap.class);
    assertThat(ours.<Object>unmarshal("{\"apiVersion\":\"example.com/v1\",\"kind\":\"Mine\"}")).isInstanceOf(ConfigMap.class);
  }
}
