package io.kubrig.apiserver.admission.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.server.LiveApi;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PolicyAdmissionTest {
  private static final String REGISTRATION = "/apis/admissionregistration.k8s.io/v1/";
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String SECRETS = "/api/v1/namespaces/default/secrets";
  private static LiveApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new LiveApi();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static String rules(String resource) {
    return "{resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [" + resource + "]}]}";
  }

  private static void mutating(String name, String reinvocation, String expression) throws Exception {
    api.create(
        REGISTRATION + "mutatingadmissionpolicies",
        "{metadata: {name: " + name + "}, spec: {matchConstraints: " + rules("secrets") + ", failurePolicy: Fail, reinvocationPolicy: "
            + reinvocation
            + ", mutations: [{patchType: JSONPatch, jsonPatch: {expression: " + Json.text(expression) + "}}]}}");
    api.create(REGISTRATION + "mutatingadmissionpolicybindings", "{metadata: {name: " + name + "}, spec: {policyName: " + name + "}}");
  }

  private static Optional<Tree> noted() {
    return api.audited().stream().map(event -> event.tree("annotations")).filter(notes -> notes.has("p/who")).findFirst();
  }

  @Test
  void a_mutating_policy_that_wants_it_sees_what_later_ones_changed() throws Exception {
    String count = "[JSONPatch{op: 'add', path: '/metadata/annotations', value: {'seen': string(size(object.?stringData.orValue({})))}}]";
    mutating("a-counts", "IfNeeded", count);
    mutating("b-adds", "Never", "[JSONPatch{op: 'add', path: '/stringData', value: {'x': 'y'}}]");
    api.until(
        () ->
            api.post(SECRETS + "?dryRun=All", "{metadata: {generateName: probe-}}").body().at("metadata", "annotations").string("seen")
                .equals("1"));
  }

  @Test
  void validating_policies_leave_their_notes_in_the_audit_log() throws Exception {
    api.create(
        REGISTRATION + "validatingadmissionpolicies",
        "{metadata: {name: p}, spec: {matchConstraints: " + rules("configmaps")
            + ", validations: [{expression: 'true'}, {expression: \"object.metadata.name != 'bad'\", message: 'not bad'}],"
            + " auditAnnotations: [{key: who, valueExpression: \"'it is ' + object.metadata.name\"}, {key: none, valueExpression: "
                + "'null'}]}}");
    api.create(
        REGISTRATION + "validatingadmissionpolicybindings",
            "{metadata: {name: b}, spec: {policyName: p, validationActions: [Audit, Warn]}}");
    api.until(() -> !api.post(MAPS + "?dryRun=All", "{metadata: {name: bad}}").warnings().isEmpty());
    api.until(() -> noted().isPresent()); // a request is noted after it was answered
    Tree notes = noted().orElseThrow();
    assertThat(notes.string("p/who")).isEqualTo("it is bad");
    assertThat(notes.has("p/none")).isFalse();
    assertThat(notes.string("validation.policy.admission.k8s.io/validation_failure"))
        .isEqualTo(
            "[{\"message\":\"not bad\",\"policy\":\"p\",\"binding\":\"b\",\"expressionIndex\":1,\"validationActions\":[\"Audit\",\"Warn\"]}]");
  }
}
