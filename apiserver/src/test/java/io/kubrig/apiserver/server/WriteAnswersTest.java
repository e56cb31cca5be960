package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What faulty creates and updates are answered; the words are those of kube-apiserver 1.36.2. */
class WriteAnswersTest {
  private static final String CORE = "/api/v1/namespaces/default/";
  private static final String POD = "{metadata: {name: never}, spec: {containers: [{name: c, image: i%s}]%s}}";
  private static LiveApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new LiveApi();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static List<String> causes(LiveApi.Answer answer) {
    return answer.body().tree("details").trees("causes").stream()
        .map(cause -> cause.string("field") + ": " + cause.string("message"))
        .toList();
  }

  /** Replaces an object by itself with a change. */
  private static LiveApi.Answer replace(String path, String subresource, Change change) throws IOException, InterruptedException {
    Tree object = api.get(path).body();
    change.apply(object);
    return api.send("PUT", path + subresource + "?dryRun=All", Json.text(object));
  }

  @FunctionalInterface
  private interface Change {
    void apply(Tree object);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "metadata: {labels: {a: 1}} | number into Go struct field ObjectMeta.metadata.labels of type string",
        "spec: {volumes: [{name: v, hostPath: x}]} | string into Go struct field Volume.spec.volumes.VolumeSource.hostPath of type "
            + "v1.HostPathVolumeSource",
        "spec: {restartPolicy: 3} | number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy",
        "spec: {overhead: []} | array into Go struct field PodSpec.spec.overhead of type v1.ResourceList",
        "spec: {tolerations: [{effect: 1}]} | number into Go struct field Toleration.spec.tolerations.effect of type v1.TaintEffect"
      })
  void values_of_wrong_types_are_told_with_their_go_types(String member, String complaint) throws Exception {
    assertThat(api.post(CORE + "pods", "{" + member + "}").message())
        .isEqualTo("Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal " + complaint);
  }

  @Test
  void a_list_that_is_given_empty_is_not_filled_by_default() throws Exception {
    String scaler =
        "{metadata: {name: never}, spec: {maxReplicas: 3,"
            + " scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}, behavior: {scaleDown: {%s}}}}";
    String path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers?dryRun=All";
    assertThat(causes(api.post(path, scaler.formatted("policies: []"))))
        .containsExactly("spec.behavior.scaleDown.policies: Required value: must specify at least one Policy");
    assertThat(api.post(path, scaler.formatted("policies: null")).status()).isEqualTo(201);
  }

  @Test
  void an_empty_overhead_is_an_overhead() throws Exception {
    assertThat(api.post(CORE + "pods?dryRun=All", POD.formatted("", ", overhead: {}")).message())
        .isEqualTo("pods \"never\" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
    assertThat(api.post(CORE + "pods?dryRun=All", POD.formatted("", "")).status()).isEqualTo(201);
  }

  @Test
  void empty_lists_are_neither_answered_nor_stored() throws Exception {
    String empties = "{metadata: {name: empties, labels: {}}, spec: {tolerations: [], containers: [{name: c, image: i, args: []}]}}";
    Tree made = api.create(CORE + "pods", empties);
    assertThat(made.tree("metadata").has("labels")).isFalse();
    assertThat(made.tree("spec").trees("containers").getFirst().has("args")).isFalse();
    assertThat(replace(CORE + "pods/empties", "", pod -> pod.tree("metadata").set("labels", new Tree())).status()).isEqualTo(200);
  }

  @Test
  void policies_of_networks_count_an_empty_list_as_a_change() throws Exception {
    String path = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies";
    api.create(path, "{metadata: {name: p}, spec: {podSelector: {}, policyTypes: [Ingress]}}");
    LiveApi.Answer same = replace(path + "/p", "", policy -> { });
    LiveApi.Answer empty = replace(path + "/p", "", policy -> policy.tree("spec").set("ingress", List.of()));
    assertThat(same.body().tree("metadata").integer("generation")).isEqualTo(1);
    assertThat(empty.body().tree("metadata").integer("generation")).isEqualTo(2);
  }

  @Test
  void faults_of_pods_are_told_in_the_order_of_native() throws Exception {
    String container = ", terminationMessagePolicy: x, imagePullPolicy: x, ports: [{containerPort: 0}]";
    String spec =
        ", securityContext: {fsGroup: -1}, restartPolicy: x, hostname: A, tolerations: [{key: a, operator: x}], priorityClassName: A";
    String context = ", securityContext: {seLinuxChangePolicy: x, seccompProfile: {type: x}}";
    assertThat(api.post(CORE + "pods?dryRun=All", POD.formatted(container, context)).body().tree("details").trees("causes"))
        .extracting(cause -> cause.string("field"))
        .containsExactly(
            "spec.containers[0].terminationMessagePolicy",
            "spec.containers[0].ports[0].containerPort",
            "spec.containers[0].imagePullPolicy",
            "spec.securityContext.seccompProfile.type",
            "spec.securityContext.seLinuxChangePolicy");
    assertThat(api.post("/apis/batch/v1/namespaces/default/jobs?dryRun=All",
            "{metadata: {name: never}, spec: {template: {spec: {containers: [{name: c, image: i}]" + spec + "}}}}")
            .body().tree("details").trees("causes"))
        .extracting(cause -> cause.string("field"))
        .startsWith(
            "spec.template.spec.restartPolicy",
            "spec.template.spec.securityContext.fsGroup",
            "spec.template.spec.hostname",
            "spec.template.spec.tolerations[0].operator",
            "spec.template.spec.priorityClassName");
  }

  @Test
  void an_updated_pod_keeps_the_annotations_that_mean_something() throws Exception {
    api.create(
        CORE + "pods",
        "{metadata: {name: mirror, annotations: {kubernetes.io/config.mirror: x}},"
            + " spec: {nodeName: node, containers: [{name: c, image: i}]}}");
    assertThat(causes(replace(CORE + "pods/mirror", "", pod -> pod.tree("metadata").remove("annotations"))))
        .containsExactly(
            "metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not remove or update mirror pod annotation");
  }

  @Test
  void statuses_of_claims_speak_of_what_was_asked_for_and_allocated() throws Exception {
    String path = "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims";
    api.create(path, "{metadata: {name: c}, spec: {devices: {requests: [{name: r, exactly: {deviceClassName: d}}]}}}");
    Tree result = Tree.of("request", "q", "driver", "d.io", "pool", "", "device", "d", "shareID", "x");
    Tree device =
        Tree.of("driver", "d.io", "pool", "p", "device", "d", "networkData", Tree.of("ips", List.of("10.0.0.1", "10.0.0.1/24")));
    LiveApi.Answer answer =
        replace(
            path + "/c",
            "/status",
            claim ->
                claim.set(
                    "status",
                    Tree.of("allocation", Tree.of("devices", Tree.of("results", List.of(result))), "devices", List.of(device))));
    assertThat(causes(answer))
        .containsExactly(
            "status.devices[0]: Invalid value: {\"Driver\":\"d.io\",\"Pool\":\"p\",\"Device\":\"d\",\"ShareID\":\"\"}: must be an "
                + "allocated device in the claim",
            "status.devices[0].networkData.ips[0]: Invalid value: \"10.0.0.1\": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or "
                + "2001:db8::1/64)",
            "status.allocation.devices.results[0].request: Invalid value: \"q\": must be the name of a request in the claim or the name of "
                + "a request and a subrequest separated by '/'",
            "status.allocation.devices.results[0].pool: Required value",
            "status.allocation.devices.results[0].shareID: Invalid value: \"x\": error validating uid: invalid UUID length: 1");
  }

  @Test
  void a_changed_template_of_a_job_is_shown_as_native_sees_it() throws Exception {
    String jobs = "/apis/batch/v1/namespaces/default/jobs";
    api.create(jobs, "{metadata: {name: j}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}");
    LiveApi.Answer answer =
        replace(
            jobs + "/j",
            "",
            job -> job.at("spec", "template", "spec").trees("containers").getFirst().set("image", "other"));
    assertThat(causes(answer)).hasSize(1);
    assertThat(causes(answer).getFirst())
        .startsWith("spec.template: Invalid value: {\"labels\":{")
        .contains("\"Spec\":{\"Volumes\":null,\"InitContainers\":null,"
            + "\"Containers\":[{\"Name\":\"c\",\"Image\":\"other\",\"Command\":null,")
        .endsWith("}}: field is immutable");
  }

  @Test
  void addresses_of_pods_are_one_of_each_family() throws Exception {
    api.create(CORE + "pods", "{metadata: {name: addresses}, spec: {containers: [{name: c, image: i}]}}");
    List<Object> addresses = List.of(Tree.of("ip", "abc"), Tree.of("ip", "10.0.0.1"));
    LiveApi.Answer answer = replace(CORE + "pods/addresses", "/status", pod -> pod.need("status").set("podIPs", addresses));
    assertThat(causes(answer))
        .containsExactly(
            "status.podIPs[0]: Invalid value: \"abc\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
            "status.podIPs: Internal error: failed to check for dual stack with error:invalid IP[0]: abc",
            "status.podIPs: Invalid value: [{\"IP\":\"abc\"},{\"IP\":\"10.0.0.1\"}]: may specify no more than one IP for each IP family");
  }

  @Test
  void containers_of_windows_have_no_user_of_linux() throws Exception {
    api.create(CORE + "pods", "{metadata: {name: windows}, spec: {os: {name: windows}, containers: [{name: c, image: i}]}}");
    Tree user = Tree.of("linux", Tree.of("uid", 1L, "gid", -1L));
    List<Object> statuses = List.of(Tree.of("name", "c", "image", "i", "imageID", "", "ready", true, "restartCount", 0L, "user", user));
    assertThat(causes(replace(CORE + "pods/windows", "/status", pod -> pod.need("status").set("containerStatuses", statuses))))
        .containsExactly("status.containerStatuses[0].user.linux: Forbidden: cannot be set for a windows pod");
  }

  @Test
  void features_of_nodes_are_sorted_paths() throws Exception {
    String node = "{metadata: {name: worker}, status: {declaredFeatures: [B, A/b, A/b, c]}}";
    LiveApi.Answer answer = api.post("/api/v1/nodes?dryRun=All", node);
    assertThat(answer.body().tree("details").trees("causes"))
        .extracting(cause -> cause.string("field") + " " + cause.string("reason"))
        .containsExactly(
            "status.declaredFeatures[1] FieldValueInvalid",
            "status.declaredFeatures[2] FieldValueDuplicate",
            "status.declaredFeatures[3] FieldValueInvalid");
  }

  @Test
  void conditions_of_flow_schemas_have_types_of_their_own() throws Exception {
    List<Object> conditions = List.of(new Tree(), new Tree());
    LiveApi.Answer answer =
        replace(
            "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt",
            "/status",
            schema -> schema.need("status").set("conditions", conditions));
    assertThat(causes(answer))
        .containsExactly(
            "status.conditions[0].type: Required value",
            "status.conditions[1].type: Duplicate value: \"\"",
            "status.conditions[1].type: Required value");
  }

  @Test
  void rules_of_a_schema_are_looked_at_unless_there_is_another_fault_at_or_below_them() throws Exception {
    String definition =
        "{metadata: {name: as.rules.io}, spec: {group: rules.io, scope: Namespaced, names: {kind: A, plural: as}, versions: [{name: v1,"
            + " served: true, storage: true, schema: {openAPIV3Schema: {type: object, nullable: %s, properties: {a: {type: object,"
            + " x-kubernetes-validations: [{rule: 'true', optionalOldSelf: true}], properties: {b: {type: string%s}}}}}}}]}}";
    String path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All";
    String root = "spec.validation.openAPIV3Schema";
    String unused =
        root + ".properties[a].x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in"
            + " rule";
    assertThat(causes(api.post(path, definition.formatted("true", ""))))
        .containsExactly(root + ".nullable: Forbidden: nullable cannot be true at the root", unused);
    assertThat(causes(api.post(path, definition.formatted("false", ", uniqueItems: true"))))
        .containsExactly(
            root + ".properties[a].properties[b].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity "
                + "becomes quadratic");
  }
}
