package io.kubrig.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.KubernetesSchemas;
import org.junit.jupiter.api.Test;

/** What the schemas of built-in kinds say beyond types. */
class BuiltInDefinitionsTest {
  private final BuiltInDefinitions definitions = new BuiltInDefinitions(KubernetesSchemas.load(), KubernetesSchemas.descriptions());

  private Tree property(String definition, String field) {
    return definitions.definition("io.k8s.api.core.v1." + definition).orElseThrow().tree("properties").tree(field);
  }

  @Test
  void the_values_of_a_field_are_enumerated() {
    assertThat(property("ContainerPort", "protocol").strings("enum")).containsExactly("SCTP", "TCP", "UDP");
    assertThat(property("HostPathVolumeSource", "type").strings("enum")).startsWith("", "BlockDevice");
  }

  @Test
  void the_values_of_a_list_or_map_are_those_of_its_elements() {
    Tree modes = property("PersistentVolumeClaimSpec", "accessModes");
    assertThat(modes.has("enum")).isFalse();
    assertThat(modes.tree("items").strings("enum")).contains("ReadWriteOncePod");
    assertThat(property("PersistentVolumeClaimStatus", "allocatedResourceStatuses").tree("additionalProperties").has("enum")).isTrue();
  }

  @Test
  void elements_state_the_zero_that_go_gives_them() {
    assertThat(Json.text(property("Container", "args").tree("items"))).isEqualTo("{\"type\":\"string\",\"default\":\"\"}");
    assertThat(Json.text(property("PodSpec", "containers").tree("items")))
        .isEqualTo("{\"allOf\":[{\"$ref\":\"#/components/schemas/io.k8s.api.core.v1.Container\"}],\"default\":{}}");
    assertThat(property("ResourceRequirements", "limits").tree("additionalProperties").names()).containsExactly("$ref");
  }

  @Test
  void a_field_may_be_finer_than_its_type() {
    assertThat(property("PersistentVolumeSpec", "claimRef").string("x-kubernetes-map-type")).isEqualTo("granular");
  }
}
