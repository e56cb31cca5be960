package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The causes that a client reads, kind by kind; the words are those of kube-apiserver 1.36.2. */
class ValidationAnswersTest {
  private static final String CORE = "/api/v1/namespaces/default/";
  private static LiveApi api;

  @BeforeAll
  static void start() throws IOException {
    api = new LiveApi();
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  private static List<String> causes(LiveApi.Answer answer) {
    return answer.body().tree("details").trees("causes").stream()
        .map(cause -> cause.string("field") + ": " + cause.string("message"))
        .toList();
  }

  private static List<String> refused(String path, String body) throws Exception {
    return causes(api.post(path + "?dryRun=All", body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "os: {} | spec.os.name: Required value",
        "{hostnameOverride: a, setHostnameAsFQDN: true} | spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN "
            + "is true",
        "overhead: {cpu: -1} | spec.overhead.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: 'a b', whenUnsatisfiable: DoNotSchedule, minDomains: 0}] |"
            + " spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: must be greater than zero",
        "serviceAccountName: default, volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: ''}}]}}] | spec.volumes[0].projected.path: Required value",
        "{hostUsers: false, hostPID: true} | spec.HostPID: Forbidden: when `hostUsers` is false"
      })
  void pods_are_refused(String members, String cause) throws Exception {
    String inner = members.startsWith("{") ? members.substring(1, members.length() - 1) : members;
    assertThat(refused(CORE + "pods", "{metadata: {name: a}, spec: {containers: [{name: c, image: i}], " + inner + "}}"))
        .containsExactly(cause);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "resizePolicy: [{resourceName: cpu}] | spec.containers[0].resizePolicy: Required value",
        "{restartPolicy: Never, restartPolicyRules: [{exitCodes: {operator: In, values: [1]}}]} |"
            + " spec.containers[0].restartPolicyRules[0].action: Unsupported value: \"\": supported values: \"Restart\", "
                + "\"RestartAllContainers\"",
      })
  void containers_are_refused(String members, String cause) throws Exception {
    String inner = members.startsWith("{") ? members.substring(1, members.length() - 1) : members;
    assertThat(refused(CORE + "pods", "{metadata: {name: a}, spec: {containers: [{name: c, image: i, " + inner + "}]}}"))
        .containsExactly(cause);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies | {metadata: {name: a}, spec: {podSelector: {}, policyTypes: [X]}} |"
            + " spec.policyTypes[0]: Unsupported value: \"X\": supported values: \"Ingress\", \"Egress\"",
        "/apis/scheduling.k8s.io/v1/priorityclasses | {metadata: {name: a}, value: 1, preemptionPolicy: ''} | preemptionPolicy: "
            + "Required value",
        "/apis/storage.k8s.io/v1/storageclasses | {metadata: {name: a}, provisioner: p, allowedTopologies: [{}]} |"
            + " allowedTopologies[0].matchLabelExpressions: Duplicate value: \"\"",
        "/apis/storage.k8s.io/v1/csidrivers | {metadata: {name: a}, spec: {nodeAllocatableUpdatePeriodSeconds: 5}} |"
            + " spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 5: must be greater than or equal to 10 seconds",
        "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims | {metadata: {name: a}, spec: {devices: {requests: [{name: r, exactly:"
            + " {deviceClassName: c}}], constraints: [{}]}}} | spec.devices.constraints[0]: Required value: exactly one of "
                + "\"matchAttribute\" or"
            + " \"distinctAttribute\" is required, but multiple fields are set",
      })
  void other_objects_are_refused(String path, String body, String cause) throws Exception {
    assertThat(refused(path, body)).containsExactly(cause);
  }

  @Test
  void a_bad_finalizer_is_complained_of_under_the_list_and_by_itself() throws Exception {
    assertThat(refused(CORE + "configmaps", "{metadata: {name: a, finalizers: ['-']}}").stream()
        .map(text -> text.substring(0, text.indexOf(": "))))
        .containsExactly("metadata.finalizers", "metadata.finalizers[0]");
    assertThat(refused("/apis/coordination.k8s.io/v1/namespaces/default/leases", "{metadata: {name: a, finalizers: ['-']}}")).hasSize(1);
  }

  @Test
  void names_of_disruption_budgets_only_have_to_fit_a_path() throws Exception {
    assertThat(api.post("/apis/policy/v1/namespaces/default/poddisruptionbudgets", "{metadata: {name: 'A b'}, spec: {}}").status())
        .isEqualTo(201);
  }

  @Test
  void a_limit_range_without_a_name_gets_one() throws Exception {
    LiveApi.Answer answer = api.post(CORE + "limitranges?dryRun=All", "{spec: {limits: []}}");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.body().tree("metadata").string("name")).isNotEmpty();
    assertThat(answer.body().tree("spec")).isEqualTo(Tree.of("limits", null));
  }

  @Test
  void an_update_repeats_the_complaints_about_metadata_as_often_as_the_kind_checks_it() throws Exception {
    String labels = "labels: {a: '-'}";
    api.create(CORE + "configmaps", "{metadata: {name: repeat}}");
    assertThat(causes(api.send("PUT", CORE + "configmaps/repeat", "{metadata: {name: repeat, " + labels + "}}"))).hasSize(4);
    String path = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies";
    api.create(path, "{metadata: {name: repeat}, spec: {podSelector: {}}}");
    assertThat(causes(api.send("PUT", path + "/repeat", "{metadata: {name: repeat, " + labels + "}, spec: {podSelector: {}}}"))).hasSize(3);
  }

  @Test
  void an_update_of_a_status_does_not_judge_the_metadata_by_themselves_again() throws Exception {
    String labels = "labels: {a: '-'}";
    String volumes = "/api/v1/persistentvolumes";
    String volume = "spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /x}}";
    api.create(volumes, "{metadata: {name: repeat}, " + volume + "}");
    String labelled = "{metadata: {name: repeat, " + labels + "}, " + volume + "}";
    assertThat(causes(api.send("PUT", volumes + "/repeat/status", labelled))).hasSize(3);
    assertThat(causes(api.send("PUT", volumes + "/repeat", labelled))).hasSize(4);
    String jobs = "/apis/batch/v1/namespaces/default/cronjobs";
    String pod = "{restartPolicy: Never, containers: [{name: a, image: a}]}";
    String job = "spec: {schedule: '1 * * * *', jobTemplate: {spec: {template: {spec: " + pod + "}}}}";
    api.create(jobs, "{metadata: {name: repeat}, " + job + "}");
    assertThat(causes(api.send("PUT", jobs + "/repeat/status", "{metadata: {name: repeat, " + labels + "}, " + job + "}"))).hasSize(2);
  }

  @Test
  void reviews_say_who_owns_what_was_asked() throws Exception {
    LiveApi.Answer answer =
        api.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "{spec: {nonResourceAttributes: {path: /x, verb: get}}}");
    assertThat(answer.body().tree("metadata").trees("managedFields").getFirst().tree("fieldsV1").tree("f:spec").names())
        .containsExactly("f:nonResourceAttributes");
  }

  @Test
  void reviews_say_what_of_a_selector_they_did_not_understand_and_forget_what_is_the_servers_to_say() throws Exception {
    String reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    String asked = "{metadata: {uid: a, deletionGracePeriodSeconds: 1}, spec: {resourceAttributes: {verb: list, resource: pods, ";
    Tree raw = api.post(reviews, asked + "labelSelector: {rawSelector: '*'}, fieldSelector: {rawSelector: 'a b'}}}}").body();
    assertThat(raw.tree("status").string("evaluationError"))
        .isEqualTo("spec.resourceAttributes.fieldSelector ignored due to parse error; "
            + "spec.resourceAttributes.labelSelector ignored due to parse error");
    assertThat(raw.tree("metadata").names()).doesNotContain("uid", "deletionGracePeriodSeconds");
    String requirements = "fieldSelector: {requirements: [{key: a, operator: In, values: [b]}, {key: a, operator: Exists}]}}}}";
    assertThat(api.post(reviews, asked + requirements).body().tree("status").string("evaluationError"))
        .isEqualTo("spec.resourceAttributes.fieldSelector partially ignored due to parse error");
    String good = "labelSelector: {rawSelector: 'a in (b),!c'}, fieldSelector: {requirements: [{key: a, operator: NotIn, values: [b]}]}}}}";
    assertThat(api.post(reviews, asked + good).body().tree("status").has("evaluationError")).isFalse();
  }
}
