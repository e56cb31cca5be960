package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequest;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponseBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ConversionRequest;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ConversionResponse;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ConversionResponseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a mock cannot do, third part: asking the webhooks of the code under test. */
@KubrigTest(controllers = false, scheduler = false, nodes = 0, isolation = KubrigTest.Isolation.METHOD)
class WebhooksTest {
  KubrigCluster cluster;
  KubernetesClient client;

  @Test
  void a_mutating_webhook_changes_what_is_created() {
    cluster.webhooks().admission("/mutate", WebhooksTest::addTeam).admission("/validate", WebhooksTest::checkName);
    cluster.apply("testkit/webhooks.yaml");
    assertThat(client.resource(Samples.config("good", "1")).create().getMetadata().getLabels()).containsEntry("team", "default");
  }

  @Test
  void a_validating_webhook_denies_with_its_own_message() {
    cluster.webhooks().admission("/mutate", WebhooksTest::addTeam).admission("/validate", WebhooksTest::checkName);
    cluster.apply("testkit/webhooks.yaml");
    assertThatThrownBy(() -> client.resource(Samples.config("bad", "1")).create())
        .hasMessageContaining("admission webhook \"names.example.com\" denied the request: no bad names");
  }

  @Test
  void code_that_throws_is_a_failure_of_the_webhook() {
    cluster.webhooks().admission("/mutate", WebhooksTest::addTeam).admission("/validate", request -> {
      throw new IllegalStateException("boom");
    });
    cluster.apply("testkit/webhooks.yaml");
    assertThatThrownBy(() -> client.resource(Samples.config("good", "1")).create())
        .hasMessageContaining("failed calling webhook \"names.example.com\"");
  }

  @Test
  void a_configuration_that_nothing_answers_is_refused() {
    cluster.webhooks().admission("/mutate", WebhooksTest::addTeam);
    assertThatThrownBy(() -> cluster.apply("testkit/webhooks.yaml"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a webhook is at /validate, which nothing answers; there are [/mutate]");
  }

  @Test
  void a_conversion_webhook_translates_between_versions_of_a_custom_resource() {
    cluster.webhooks().conversion("/convert", WebhooksTest::convert);
    cluster.apply("testkit/gadgets.yaml");
    GenericKubernetesResource gadget = new GenericKubernetesResource();
    gadget.setApiVersion("example.com/v1");
    gadget.setKind("Gadget");
    gadget.setMetadata(Samples.config("g", "").getMetadata());
    gadget.setAdditionalProperty("size", 7);
    client.resource(gadget).create();
    GenericKubernetesResource second = client.genericKubernetesResources(version("v2")).inNamespace("default").withName("g").get();
    assertThat(second.<Integer>get("length")).isEqualTo(7);
    assertThat(second.getAdditionalProperties()).doesNotContainKey("size");
  }

  private static ResourceDefinitionContext version(String version) {
    return new ResourceDefinitionContext.Builder().withGroup("example.com").withVersion(version).withKind("Gadget").withPlural("gadgets")
        .withNamespaced(true).build();
  }

  private static AdmissionResponse addTeam(AdmissionRequest request) {
    String patch = "[{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{\"team\":\"" + request.getNamespace() + "\"}}]";
    String encoded = Base64.getEncoder().encodeToString(patch.getBytes(StandardCharsets.UTF_8));
    return new AdmissionResponseBuilder().withAllowed(true).withPatchType("JSONPatch").withPatch(encoded).build();
  }

  private static AdmissionResponse checkName(AdmissionRequest request) {
    boolean good = !request.getName().startsWith("bad");
    return new AdmissionResponseBuilder().withAllowed(good).withStatus(new StatusBuilder().withMessage("no bad names").build()).build();
  }

  private static ConversionResponse convert(ConversionRequest request) {
    List<Object> converted = request.getObjects().stream()
        .map(object -> convert((GenericKubernetesResource) object, request.getDesiredAPIVersion()))
        .map(Object.class::cast).toList();
    return new ConversionResponseBuilder().withResult(new StatusBuilder().withStatus("Success").build()).withConvertedObjects(converted)
        .build();
  }

  private static GenericKubernetesResource convert(GenericKubernetesResource object, String version) {
    boolean second = version.endsWith("v2");
    Object value = object.getAdditionalProperties().remove(second ? "size" : "length");
    object.setAdditionalProperty(second ? "length" : "size", value);
    object.setApiVersion(version);
    return object;
  }
}
