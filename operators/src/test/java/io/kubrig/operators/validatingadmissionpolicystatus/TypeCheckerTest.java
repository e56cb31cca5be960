package io.kubrig.operators.validatingadmissionpolicystatus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.common.types.CelType;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ExpressionWarning;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.kubrig.machinery.cel.CelTypes;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TypeCheckerTest {
  private static final ResourceType WIDGETS = new ResourceType("ex.io", "v1", "widgets", "Widget", true, Set.of());
  private static final ResourceType GADGETS = new ResourceType("ex.io", "v1", "gadgets", "Gadget", true, Set.of());
  private static final String DOCUMENT = """
      {"components": {"schemas": {
        "Widget": {"type": "object", "x-kubernetes-group-version-kind": [{"group": "ex.io", "version": "v1", "kind": "Widget"}],
          "properties": {"spec": {"allOf": [{"$ref": "#/components/schemas/Spec"}]}}},
        "Gadget": {"type": "object", "x-kubernetes-group-version-kind": [{"group": "ex.io", "version": "v1", "kind": "Gadget"}],
          "properties": {"color": {"type": "string"}}},
        "Spec": {"type": "object", "properties": {
          "size": {"type": "integer"}, "port": {"format": "int-or-string"}, "since": {"type": "string", "format": "date-time"},
          "amounts": {"type": "object", "additionalProperties": {"oneOf": [{"type": "string"}, {"type": "number"}]}},
          "child": {"$ref": "#/components/schemas/Spec"}}}}}}
      """;

  private static List<ExpressionWarning> check(ValidatingAdmissionPolicy policy, ResourceType... kinds) {
    return new TypeChecker(TypeCheckerTest::documented).check(policy, List.of(kinds));
  }

  private static Optional<CelType> documented(String group, String version, String kind, CelTypes.Types types) {
    try {
      JsonNode document = new ObjectMapper().readTree(DOCUMENT);
      return new DocumentedTypes(document, types).of(group, version, kind);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ValidatingAdmissionPolicy policy(String... expressions) {
    var builder = new ValidatingAdmissionPolicyBuilder().withNewMetadata().withName("p").endMetadata().withNewSpec();
    for (String expression : expressions) {
      builder.addNewValidation().withExpression(expression).endValidation();
    }
    return builder.endSpec().build();
  }

  @Test
  void expressions_that_fit_have_no_warnings() {
    assertThat(check(policy("object.spec.size > 3 && object.spec.port == 80", "object.spec.port == 'http'",
        "object.spec.since < timestamp('2026-01-01T00:00:00Z')",
        "object.spec.amounts['cpu'] == '1'", "object.spec.child.anything == 1",
            "request.userInfo.username == 'x' && authorizer.path('/x').check('get').allowed()",
        "!format.named('dns1123Label').hasValue()"), WIDGETS)).isEmpty();
  }

  @Test
  void an_unknown_field_is_pointed_at_in_every_kind_that_lacks_it() {
    assertThat(check(policy("object.spec.size > 3", "object.color == 'red'"), GADGETS, WIDGETS)).containsExactly(
        new ExpressionWarning("spec.validations[0].expression",
            "ex.io/v1, Kind=Gadget: ERROR: <input>:1:7: undefined field 'spec'\n | object.spec.size > 3\n | ......^\n"),
        new ExpressionWarning("spec.validations[1].expression",
            "ex.io/v1, Kind=Widget: ERROR: <input>:1:7: undefined field 'color'\n | object.color == 'red'\n | ......^\n"));
  }

  @Test
  void types_that_cannot_be_compared_are_said_without_the_candidates() {
    assertThat(check(policy("object.spec.size == 'five'"), WIDGETS)).singleElement().extracting(ExpressionWarning::getWarning)
        .isEqualTo("ex.io/v1, Kind=Widget: ERROR: <input>:1:18: found no matching overload for '_==_' applied to '(int, string)'\n"
            + " | object.spec.size == 'five'\n | .................^\n");
  }

  @Test
  void variables_have_the_types_of_their_expressions() {
    ValidatingAdmissionPolicy policy = policy("variables.double > 4", "variables.double == 'x'");
    policy.getSpec().setVariables(List.of(new io.fabric8.kubernetes.api.model.admissionregistration.v1.Variable("object.spec.size", "size"),
        new io.fabric8.kubernetes.api.model.admissionregistration.v1.Variable("variables.size * 2", "double")));
    assertThat(check(policy, WIDGETS)).singleElement().extracting(ExpressionWarning::getFieldRef)
        .isEqualTo("spec.validations[1].expression");
  }

  @Test
  void rules_with_wildcards_and_subresources_name_no_kinds() {
    Discovery known = new Discovery(List.of(), List.of(WIDGETS, GADGETS), Map.of());
    assertThat(MatchedTypes.of(rule("ex.io", "v1", "widgets", "gadgets", "widgets/status", "*"), known)).containsExactly(GADGETS, WIDGETS);
    assertThat(MatchedTypes.of(rule("*", "v1", "widgets"), known)).isEmpty();
    assertThat(MatchedTypes.of(rule("ex.io", "*", "widgets"), known)).isEmpty();
  }

  private static ValidatingAdmissionPolicy rule(String group, String version, String... resources) {
    return new ValidatingAdmissionPolicyBuilder().withNewMetadata().endMetadata().withNewSpec().withNewMatchConstraints()
        .addNewResourceRule()
        .withApiGroups(group).withApiVersions(version).withResources(resources).endResourceRule().endMatchConstraints().endSpec().build();
  }
}
