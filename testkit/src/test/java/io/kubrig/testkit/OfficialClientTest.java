package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import java.util.Map;
import org.junit.jupiter.api.Test;

@KubrigTest(controllers = false, scheduler = false, nodes = 0)
class OfficialClientTest {

  @Test
  void the_official_client_is_injected(ApiClient official, KubernetesClient client) throws Exception {
    V1ConfigMap made = new V1ConfigMap().metadata(new V1ObjectMeta().name("official")).data(Map.of("k", "1"));
    new CoreV1Api(official).createNamespacedConfigMap("default", made).execute();
    assertThat(client.configMaps().inNamespace("default").withName("official").get().getData()).containsEntry("k", "1");
  }

  @Test
  void a_user_of_the_official_client_has_the_rights_that_roles_give(@AsUser("alice") ApiClient official) {
    assertThatThrownBy(() -> new CoreV1Api(official).listNamespacedConfigMap("default").execute())
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.getCode()).isEqualTo(403));
  }
}
