package io.kubrig.apiserver.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected texts are answers of kube-apiserver 1.36.2. */
class InternalFormTest {
  private static String shown(String type, String json) {
    return FieldErrors.shown(InternalForm.of(type, Json.readTree(json)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "core.PodResourceClaim | {} | {\"Name\":\"\",\"ResourceClaimName\":null,\"ResourceClaimTemplateName\":null}",
        "core.SeccompProfile | {\"type\":\"<\"} | {\"Type\":\"\\u003c\",\"LocalhostProfile\":null}",
        "apps.DeploymentStrategy | {\"type\":\"X\",\"rollingUpdate\":{\"maxSurge\":\"30%\",\"maxUnavailable\":0}} | "
            + "{\"Type\":\"X\",\"RollingUpdate\":{\"MaxUnavailable\":0,\"MaxSurge\":\"30%\"}}",
        "batch.SuccessPolicy | {\"rules\":[{\"succeededCount\":2}]} | {\"Rules\":[{\"SucceededIndexes\":null,\"SucceededCount\":2}]}",
        "policy.PodDisruptionBudgetSpec | {\"maxUnavailable\":1,\"selector\":{\"matchLabels\":{\"a\":\"b\"}}} | {\"MinAvailable\":null,"
            + "\"Selector\":{\"matchLabels\":{\"a\":\"b\"}},\"MaxUnavailable\":1,\"UnhealthyPodEvictionPolicy\":null}",
        "resource.DeviceAttribute | {\"int\":-1} | {\"IntValue\":-1,\"BoolValue\":null,\"StringValue\":null,\"VersionValue\":null,"
            + "\"IntValues\":null,\"BoolValues\":null,\"StringValues\":null,\"VersionValues\":null}"
      })
  void structures_are_shown_as_the_internal_types_of_native(String type, String value, String text) {
    assertThat(shown(type, value)).isEqualTo(text);
  }

  @Test
  void what_is_embedded_stands_with_the_rest() {
    assertThat(shown("core.Volume", "{\"name\":\"v\",\"emptyDir\":{}}"))
        .startsWith("{\"Name\":\"v\",\"HostPath\":null,\"EmptyDir\":{\"Medium\":\"\",\"SizeLimit\":null},");
    assertThat(shown("core.PodTemplateSpec", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}"))
        .startsWith("{\"labels\":{\"a\":\"b\"},\"Spec\":{\"Volumes\":null,");
  }

  @Test
  void the_namespaces_of_the_host_are_part_of_the_security_context() {
    assertThat(shown("core.PodSpec", "{\"hostNetwork\":true,\"securityContext\":{\"runAsUser\":1}}"))
        .contains("\"SecurityContext\":{\"HostNetwork\":true,\"HostPID\":false,"
            + "\"HostIPC\":false,\"ShareProcessNamespace\":null,\"HostUsers\":null,")
        .contains("\"RunAsUser\":1,");
  }

  @Test
  void an_empty_list_that_was_given_differs_from_none() {
    Tree term = new Tree().noteEmpty("matchFields", List.of());
    assertThat(FieldErrors.shown(InternalForm.of("core.NodeSelectorTerm", List.of(term))))
        .isEqualTo("[{\"MatchExpressions\":null,\"MatchFields\":[]}]");
  }

  @Test
  void unions_of_schemas_show_their_alternatives() {
    assertThat(shown("apiextensions.JSONSchemaProps", "{\"items\":{\"type\":\"string\"},\"additionalProperties\":false,\"maximum\":1}"))
        .startsWith("{\"ID\":\"\",\"Schema\":\"\",\"Ref\":null,")
        .contains("\"Maximum\":1,", "\"Items\":{\"Schema\":{\"ID\":\"\"", "\"JSONSchemas\":null}")
        .contains("\"AdditionalProperties\":{\"Allows\":false,\"Schema\":null}");
  }

  @Test
  void an_unknown_type_is_a_mistake() {
    assertThatThrownBy(() -> InternalForm.of("core.Nothing", new Tree())).isInstanceOf(IllegalArgumentException.class);
    assertThat(InternalForm.of("core.PodSpec", null)).isNull();
  }
}
