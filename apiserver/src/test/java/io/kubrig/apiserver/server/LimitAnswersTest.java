package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quotas and limit ranges through the API, as kube-apiserver 1.36.2 answers. */
class LimitAnswersTest {
  private static final String CORE = "/api/v1/namespaces/default/";
  private static LiveApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new LiveApi();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{pods: 1}                 | scopes: [BestEffort]",
        "{requests.cpu: 1}         | scopes: [PriorityClass]",
        "{requests.storage: 1}     | scopeSelector: {matchExpressions: [{scopeName: VolumeAttributesClass, operator: In, values: [x]}]}",
        "{example.com/things: 1}   | scopes: [BestEffort]",
        "{requests.hugepages-2Mi: 4Mi} | ",
      })
  void scopes_are_for_the_resources_that_they_fit(String hard, String scopes) throws Exception {
    String spec = "{hard: " + hard + (scopes == null ? "" : ", " + scopes) + "}";
    assertThat(api.post(CORE + "resourcequotas?dryRun=All", "{metadata: {name: q}, spec: " + spec + "}").status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{requests.cpu: 1}   | scopes: [BestEffort]",
        "{services: 1}       | scopes: [Terminating]",
        "{pods: 1}           | scopeSelector: {matchExpressions: [{scopeName: VolumeAttributesClass, operator: In, values: [x]}]}",
        "{hugepages-2Mi: 1}  | scopes: [NotTerminating]",
      })
  void a_scope_that_fits_no_resource_is_refused(String hard, String scopes) throws Exception {
    assertThat(api.post(CORE + "resourcequotas", "{metadata: {name: q}, spec: {hard: " + hard + ", " + scopes + "}}").message())
        .endsWith("unsupported scope applied to resource");
  }

  @Test
  void selectors_of_scopes_conflict_as_lists_of_them_do() throws Exception {
    String selector =
        "{matchExpressions: [{scopeName: Terminating, operator: In, values: [x]}, {scopeName: NotTerminating, operator: Exists}]}";
    assertThat(api.post(CORE + "resourcequotas", "{metadata: {name: q}, spec: {hard: {pods: 1}, scopeSelector: " + selector + "}}").message())
        .contains("must be 'Exists' when scope is any of", "conflicting scopes");
  }

  @Test
  void limits_of_claims_are_limits_of_storage() throws Exception {
    String limits = "{metadata: {name: l}, spec: {limits: [{type: PersistentVolumeClaim, max: {cpu: 1}}]}}";
    assertThat(api.post(CORE + "limitranges", limits).message()).endsWith(
        "spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided");
  }

  @Test
  void requests_of_a_pod_follow_from_what_a_limit_range_gives_its_containers() throws Exception {
    api.create("/api/v1/namespaces", "{metadata: {name: ranged}}");
    api.create("/api/v1/namespaces/ranged/limitranges",
        "{metadata: {name: l}, spec: {limits: [{type: Container, defaultRequest: {memory: 50Mi}}]}}");
    String pod = "{metadata: {name: p}, spec: {resources: {limits: {cpu: 1}}, containers: [{name: c, image: i}]}}";
    assertThat(api.create("/api/v1/namespaces/ranged/pods", pod).at("spec", "resources", "requests").names())
        .containsExactlyInAnyOrder("cpu", "memory");
  }

  @Test
  void a_class_of_the_system_stays() throws Exception {
    assertThat(api.send("DELETE", "/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical?dryRun=All", "").message())
        .isEqualTo("priorityclasses.scheduling.k8s.io \"system-node-critical\" is forbidden: this is a system priority class and cannot be "
            + "deleted");
  }
}
