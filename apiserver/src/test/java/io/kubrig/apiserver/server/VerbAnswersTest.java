package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reads, writes and deletions answer to odd questions; the words are those of kube-apiserver 1.36.2. */
class VerbAnswersTest {
  private static final String CORE = "/api/v1/namespaces/default/";
  private static final String MAPS = CORE + "configmaps";
  private static LiveApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new LiveApi();
    for (String name : new String[] {"one", "two", "three"}) {
      api.create(MAPS, "{metadata: {name: " + name + ", labels: {verbs: a}}}");
    }
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static Tree pod(String name, String node) throws IOException, InterruptedException {
    return api.create(
        CORE + "pods", "{metadata: {name: " + name + "}, spec: {nodeName: '" + node + "', containers: [{name: c, image: i}]}}");
  }

  private static List<String> events(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(api.uri(path)).header("Authorization", "Bearer admin").build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body().lines().toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | ?limit= | 400",
        "GET | ?limit=2&resourceVersion=5&continue=bad | 400",
        "GET | ?resourceVersion=99999999&resourceVersionMatch=Exact | 504",
        "GET | /one?resourceVersion=abc | 500",
        "DELETE | /one?dryRun= | 422",
        "DELETE | /one?gracePeriodSeconds=&dryRun=All | 400",
        "POST | ?dryRun= | 422",
        "GET | ?watch=1&resourceVersionMatch=Exact | 422"
      })
  void parameters_that_are_there_must_be_right(String method, String query, int status) throws Exception {
    String body = method.equals("POST") ? "{metadata: {name: never}}" : "";
    assertThat(api.send(method, MAPS + query, body).status()).isEqualTo(status);
  }

  @Test
  void a_bad_token_is_told_before_a_version_beside_it() throws Exception {
    assertThat(api.get(MAPS + "?resourceVersion=5&continue=bad").message()).startsWith("invalid continue token");
  }

  @Test
  void version_zero_is_answered_whole() throws Exception {
    assertThat(api.get(MAPS + "?limit=1&resourceVersion=0&labelSelector=verbs=a").body().trees("items")).hasSize(3);
  }

  @Test
  void a_version_in_the_future_is_no_reason_to_come_back_soon() throws Exception {
    LiveApi.Answer answer = api.get(MAPS + "?resourceVersion=99999999&resourceVersionMatch=Exact");
    assertThat(answer.message()).startsWith("Timeout: Too large resource version: 99999999, current: ");
    assertThat(answer.headers().allValues("Retry-After")).isEmpty();
  }

  @Test
  void a_match_for_watches_is_checked_for_its_value_too() throws Exception {
    assertThat(api.get(MAPS + "?watch=1&resourceVersionMatch=Exact").message())
        .contains("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        .contains("Unsupported value: \"Exact\": supported values: \"NotOlderThan\"");
  }

  @Test
  void watchers_see_a_pod_marked_before_it_is_gone() throws Exception {
    String version = pod("marked", "").tree("metadata").string("resourceVersion");
    Tree deleted = api.send("DELETE", CORE + "pods/marked", "").body().tree("metadata");
    List<String> events = events(CORE + "pods?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dmarked&resourceVersion=" + version);

    assertThat(events.stream().map(line -> line.split("\"")[3])).containsExactly("MODIFIED", "DELETED");
    assertThat(events.getLast())
        .contains("\"deletionGracePeriodSeconds\":0")
        .contains("\"resourceVersion\":\"" + deleted.string("resourceVersion") + "\"");
  }

  @Test
  void a_shorter_grace_period_is_counted_from_the_first_deletion() throws Exception {
    pod("graced", "n1");
    Tree first = api.send("DELETE", CORE + "pods/graced", "{gracePeriodSeconds: 100}").body().tree("metadata");
    Tree second = api.send("DELETE", CORE + "pods/graced", "{gracePeriodSeconds: 40}").body().tree("metadata");
    assertThat(Instant.parse(second.string("deletionTimestamp")))
        .isEqualTo(Instant.parse(first.string("deletionTimestamp")).minusSeconds(60));
  }

  @Test
  void who_wants_dependents_gone_is_told_when_the_object_waits() throws Exception {
    api.create(MAPS, "{metadata: {name: held, finalizers: [a.b/c]}}");
    assertThat(api.send("DELETE", MAPS + "/held", "{orphanDependents: false}").status()).isEqualTo(202);
    assertThat(api.send("DELETE", MAPS + "/held", "").status()).isEqualTo(200);
  }

  @Test
  void a_binding_brings_its_labels_and_names_its_keys_as_the_storage_does() throws Exception {
    pod("bound", "");
    String wrong = "{metadata: {name: bound, uid: x}, target: {name: n1}}";
    assertThat(api.post(CORE + "pods/bound/binding", wrong).message()).contains("Key: /registry/pods/default/bound,");
    assertThat(api.post(CORE + "pods/bound/binding?dryRun=All", wrong).message()).contains("Key: /pods/default/bound,");
    assertThat(api.post(CORE + "bindings", "{target: {name: n1}}").message()).isEqualTo("Name parameter required.");
    api.create(CORE + "pods/bound/binding", "{metadata: {name: bound, labels: {zone: a}}, target: {name: n1}}");
    assertThat(api.get(CORE + "pods/bound").body().at("metadata", "labels").string("zone")).isEqualTo("a");
  }

  @Test
  void an_eviction_checks_how_it_is_to_delete() throws Exception {
    pod("evicted", "");
    String options = "{metadata: {name: evicted}, deleteOptions: {propagationPolicy: x}}";
    assertThat(api.post(CORE + "pods/evicted/eviction", options).status()).isEqualTo(422);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{metadata: {name: x}} | TokenRequest.authentication.k8s.io \"default\" is invalid: metadata.name: Invalid value: \"x\": must "
            + "match the service account name if specified",
        "{metadata: {namespace: x}} | the namespace of the provided object does not match the namespace sent on the request",
        "{spec: {boundObjectRef: {}}} | cannot bind token to object of type /, Kind="
      })
  void token_requests_are_refused(String request, String message) throws Exception {
    api.post(CORE + "serviceaccounts", "{metadata: {name: default}}");
    assertThat(api.post(CORE + "serviceaccounts/default/token", request).message()).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "GET | /api/v1/namespaces/default/finalize | | 405",
        "GET | /api/v1/nodes?fieldSelector=metadata.namespace%3Dx | | 400",
        "GET | /apis/resource.k8s.io/v1/resourceslices?fieldSelector=metadata.namespace%3Dx | | 400",
        "GET | /apis/batch/v1/jobs?fieldSelector=a%3Db | | 400",
        "PUT | /api/v1/namespaces/default/finalize?dryRun=All | {metadata: {name: default}, spec: {finalizers: [kubernetes, bad]}} | 422",
        "PATCH | /api/v1/namespaces/default/configmaps/one?dryRun=All |"
            + " {metadata: {managedFields: [{manager: \"a\\nb\", operation: Update, apiVersion: v1, fieldsType: FieldsV1,"
            + " fieldsV1: {f:data: {}}}]}} | 422"
      })
  void paths_and_fields_have_their_own_limits(String method, String path, String body, int status) throws Exception {
    assertThat(api.send(method, path, body == null ? "" : body).status()).isEqualTo(status);
  }

  @Test
  void the_status_of_some_kinds_brings_no_metadata() throws Exception {
    String path = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas";
    api.create(path, "{metadata: {name: kept}, spec: {priorityLevelConfiguration: {name: exempt}}}");
    Tree answer = api.send("PATCH", path + "/kept/status", "{metadata: {labels: {a: b}, annotations: {c: d}}}").body();
    assertThat(answer.tree("metadata").names()).doesNotContain("labels", "annotations");
  }

  @Test
  void a_list_is_no_projection_of_one_object() throws Exception {
    String list = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    String object = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    assertThat(api.send("PATCH", MAPS + "/one", "{}", "Accept", list).status()).isEqualTo(406);
    assertThat(api.send("DELETE", MAPS + "?labelSelector=no=body", "", "Accept", object).status()).isEqualTo(406);
    assertThat(api.get("/apis/rbac.authorization.k8s.io/v1/namespaces/none/roles", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
        .text()).contains("\"rows\":null");
  }

  @Test
  void a_collection_of_jobs_is_deleted_with_a_warning() throws Exception {
    assertThat(api.send("DELETE", "/apis/batch/v1/namespaces/default/jobs", "").warnings())
        .singleElement().asString().contains("child pods are preserved by default");
  }

  @Test
  void a_name_of_elsewhere_has_no_internal_traffic() throws Exception {
    api.create(CORE + "services", "{metadata: {name: away}, spec: {ports: [{port: 80}]}}");
    Tree away = api.send("PATCH", CORE + "services/away", "{spec: {type: ExternalName, externalName: a.b}}").body();
    assertThat(away.tree("spec").has("internalTrafficPolicy")).isFalse();
    assertThat(api.send("PATCH", CORE + "services/away/status", "{status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}}").status())
        .isEqualTo(422);
  }

  @Test
  void the_claim_of_a_volume_is_owned_member_by_member() throws Exception {
    Tree volume = api.create("/api/v1/persistentvolumes", "{metadata: {name: v}, spec: {capacity: {storage: 1Gi},"
        + " accessModes: [ReadWriteOnce], hostPath: {path: /x}, claimRef: {name: c, namespace: elsewhere}}}");
    Tree fields = volume.tree("metadata").trees("managedFields").getFirst().at("fieldsV1", "f:spec", "f:claimRef");
    assertThat(fields.names()).contains("f:name", "f:namespace");
  }

  @Test
  void patches_of_lists_say_what_is_wrong_with_their_order() throws Exception {
    String path = CORE + "podtemplates";
    api.create(path, "{metadata: {name: t}, template: {spec: {containers: [{name: c, image: i}]}}}");
    assertThat(strategic(path + "/t", "{\"template\":{\"spec\":{\"$setElementOrder/containers\":\"x\"}}}"))
        .isEqualTo("expected a []interface {}, but received a string");
    assertThat(strategic(path + "/t", "{\"template\":{\"spec\":{\"$setElementOrder/containers\":[\"x\"]}}}"))
        .isEqualTo("value for key 0 is not a map");
    assertThat(strategic(path + "/t", "{\"template\":{\"spec\":{\"$setElementOrder/nope\":[]}}}"))
        .isEqualTo("unable to find api field in struct PodSpec for the json field \"nope\"");
    assertThat(strategic(path + "/t", "{\"$patch\":\"delete\"}")).endsWith("was undeterminable: name must be provided");
  }

  private static String strategic(String path, String patch) throws Exception {
    return api.send("PATCH", path, patch, "Content-Type", "application/strategic-merge-patch+json").message();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /api | 405",
        "HEAD | /apis/apps/v1 | 405",
        "PUT | /version | 405",
        "POST | /apis | 200",
        "DELETE | /apis/apps | 200",
        "GET | /apis/apps/v7 | 404",
        "GET | /healthz/ | 404",
        "GET | /openapi/v3/ | 404",
        "GET | /api/v1/bindings | 404",
        "GET | /api/v1/namespaces/default/pods/a/log/b | 404",
        "GET | /api/v1/namespaces/default/pods/.. | 400"
      })
  void documents_and_paths_have_their_verbs(String method, String path, int status) throws Exception {
    assertThat(api.send(method, path, "").status()).isEqualTo(status);
  }

  @Test
  void documents_of_versions_are_had_in_three_media_types() throws Exception {
    LiveApi.Answer answer = api.get("/apis/apps/v1", "Accept", "application/*");
    assertThat(answer.status()).isEqualTo(406);
    assertThat(answer.message()).startsWith("406: Not Acceptable\n\nAvailable representations: application/json, application/yaml");
    assertThat(api.get("/version", "Accept", "application/yaml").status()).isEqualTo(406);
  }

  @Test
  void bodies_must_say_what_they_are() throws Exception {
    assertThat(api.post(MAPS, "{apiVersion: a/b/c, kind: ConfigMap}").message())
        .isEqualTo("the object provided is unrecognized (must be of type ConfigMap): unexpected GroupVersion string: a/b/c"
            + " ({\"apiVersion\":\"a/b/c\",\"kind\":\" ...)");
    assertThat(api.post(MAPS, "{apiVersion: 1}").message()).contains("couldn't get version/kind; json parse error: ");
    assertThat(api.send("DELETE", MAPS + "/one", "{kind: Status, apiVersion: v1}").message())
        .isEqualTo("converting (v1.Status) to (v1.DeleteOptions): unknown conversion");
    assertThat(api.send("DELETE", MAPS + "/one", "{kind: Pod, apiVersion: v1}").status()).isEqualTo(400);
  }

  @Test
  void empty_projections_have_no_list_and_new_objects_no_version() throws Exception {
    String list = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    assertThat(api.get("/api/v1/namespaces/none/configmaps", "Accept", list).text()).contains("\"items\":null");
    String table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    assertThat(api.post(MAPS + "?dryRun=All", "{metadata: {name: tabled}}", "Accept", table).body().tree("metadata").names()).isEmpty();
  }

  @Test
  void a_scale_is_of_the_namespace_of_its_path() throws Exception {
    api.create(CORE + "replicationcontrollers", "{metadata: {name: scaled}, spec: {selector: {a: b}, replicas: 1,"
        + " template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}");
    String scale = "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: scaled, namespace: other}, spec: {replicas: 3}}";
    assertThat(api.send("PUT", CORE + "replicationcontrollers/scaled/scale", scale).message())
        .isEqualTo("the namespace of the provided object does not match the namespace sent on the request");
  }

  @Test
  void a_resize_names_the_class_that_must_stay() throws Exception {
    pod("resized", "");
    String patch = "{spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}]}}";
    assertThat(api.send("PATCH", CORE + "pods/resized/resize", patch).message())
        .contains("Invalid value: \"BestEffort\": Pod QOS Class may not change as a result of resizing");
  }

  @Test
  void a_static_token_is_for_this_server_only() throws Exception {
    String path = "/apis/authentication.k8s.io/v1/tokenreviews";
    Tree status = api.create(path, "{spec: {token: alice, audiences: [elsewhere]}}").tree("status");
    assertThat(status.string("error")).isEqualTo("invalid bearer token");
    assertThat(api.create(path, "{spec: {token: alice}}").tree("status").bool("authenticated")).isTrue();
  }

  @Test
  void annotations_that_mean_a_profile_stay_as_they_were_created() throws Exception {
    pod("profiled", "");
    String key = "container.apparmor.security.beta.kubernetes.io/c";
    assertThat(api.send("PATCH", CORE + "pods/profiled", "{metadata: {annotations: {" + key + ": unconfined}}}").message())
        .isEqualTo("Pod \"profiled\" is invalid: metadata.annotations[" + key + "]: Forbidden: may not add AppArmor annotations");
  }

  @Test
  void a_local_review_is_of_the_namespace_of_its_path() throws Exception {
    String review = "{spec: {user: x, resourceAttributes: {namespace: nowhere, verb: get}}}";
    assertThat(api.post("/apis/authorization.k8s.io/v1/namespaces/nowhere/localsubjectaccessreviews", review).body().tree("metadata")
            .string("namespace"))
        .isEqualTo("nowhere");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST    | /api/v1/watch/namespaces/default/pods       | 405",
        "DELETE  | /api/v1/watch/namespaces/default/pods/x     | 405",
        "HEAD    | /api/v1/namespaces/default/pods/..          | 405",
        "GET     | /api/v1/proxy/nodes/x                       | 404",
        "TRACE   | /api/v1/namespaces/default/pods/a/proxy     | 405",
        "GET     | /index.html                                 | 200",
        "GET     | /openapi/v3/                                | 404",
        "GET     | /openid/v1/jwks                             | 406",
        "GET     | /metrics/slis                               | 200",
        "GET     | /readyz/poststarthook/rbac/bootstrap-roles  | 200",
        "GET     | /healthz/poststarthook                      | 404"
      })
  void paths_of_old_and_of_the_server_itself_are_answered(String method, String path, int status) throws Exception {
    assertThat(api.send(method, path, "").status()).isEqualTo(status);
  }

  @Test
  void a_path_that_cannot_be_resolved_is_no_matter_of_caches() throws Exception {
    assertThat(api.get("/api/v1/watch").headers().firstValue("Cache-Control")).isEmpty();
  }

  @Test
  void media_types_are_compared_letter_by_letter() throws Exception {
    assertThat(api.get(MAPS, "Accept", "APPLICATION/JSON").message()).startsWith("406: Not Acceptable\n\nAvailable representations: ");
    assertThat(api.send("PATCH", MAPS + "/one", "{data: {a: b}}", "Content-Type", "APPLICATION/MERGE-PATCH+JSON").message())
        .isEqualTo("415: Unsupported Media Type");
    assertThat(api.send("PATCH", MAPS + "/one", "{}", "Content-Type", "application/merge-patch+json, application/json").message())
        .isEqualTo(
            "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, "
                + "application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml");
    assertThat(api.post(MAPS, "{metadata: {name: never}}", "Content-Type", "application/json; foo").status()).isEqualTo(415);
    assertThat(api.get("/apis/apps/v1", "Accept", "application/json;v=v2").status()).isEqualTo(406);
  }

  @Test
  void a_scale_has_columns_of_its_own_and_ephemeral_containers_have_none() throws Exception {
    String table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    api.create("/apis/apps/v1/namespaces/default/deployments",
        "{metadata: {name: scaled}, spec: {replicas: 3, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: "
            + "{containers: [{name: c, image: i}]}}}}");
    Tree shown = api.get("/apis/apps/v1/namespaces/default/deployments/scaled/scale", "Accept", table).body();
    assertThat(shown.trees("columnDefinitions").stream().map(column -> column.string("name")).toList())
        .containsExactly("Name", "Desired", "Available", "Age");
    assertThat(shown.trees("rows").getFirst().list("cells").subList(0, 3)).isEqualTo(List.of("scaled", 3L, 0L));
    pod("debugged", "");
    assertThat(api.get(CORE + "pods/debugged/ephemeralcontainers", "Accept", table).status()).isEqualTo(406);
  }

  @Test
  void a_new_object_has_no_version_that_is_a_number() throws Exception {
    assertThat(api.post(MAPS, "{metadata: {name: zero, resourceVersion: '0'}}").status()).isEqualTo(201);
    assertThat(api.post(MAPS, "{metadata: {name: odd, resourceVersion: x}}").status()).isEqualTo(201);
    assertThat(api.post(MAPS, "{metadata: {name: numbered, resourceVersion: '5'}}").message())
        .isEqualTo("resourceVersion should not be set on objects to be created");
  }

  @Test
  void who_may_not_impersonate_is_told_not_to_guess_the_type() throws Exception {
    LiveApi.Answer answer = api.get(MAPS, "Authorization", "Bearer alice", "Impersonate-User", "bob");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @Test
  void pods_are_also_selected_by_the_old_name_of_their_node() throws Exception {
    pod("hosted", "somewhere");
    assertThat(api.get(CORE + "pods?fieldSelector=spec.host=somewhere").body().trees("items")).hasSize(1);
  }

  @Test
  void flags_and_status_are_told_as_text_and_as_objects() throws Exception {
    assertThat(api.get("/statusz", "Accept", "text/plain").text()).startsWith("\napiserver statusz\nWarning: ")
        .contains("\nPaths: /flagz ");
    assertThat(api.get("/flagz", "Accept", "*/*").text()).startsWith("\napiserver flagz\n");
    assertThat(api.get("/flagz").message())
        .isEqualTo("only the following media types are accepted: application/json, application/yaml, text/plain");
    LiveApi.Answer answer = api.get("/statusz", "Accept", "application/json;v=v1alpha1;g=config.k8s.io;as=Statusz");
    assertThat(answer.body().string("apiVersion")).isEqualTo("config.k8s.io/v1alpha1");
    assertThat(answer.warnings())
        .containsExactly("299 - \"This version of the statusz endpoint is deprecated. Please use a newer version.\"");
  }

  @Test
  void a_slice_has_no_namespace_to_be_selected_by() throws Exception {
    assertThat(api.get("/apis/resource.k8s.io/v1/resourceslices?fieldSelector=metadata.namespace=x").message())
        .isEqualTo("field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: metadata.namespace");
  }

  @Test
  void the_status_of_a_custom_resource_is_not_deleted() throws Exception {
    api.create(
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        "{metadata: {name: foos.verbs.example}, spec: {group: verbs.example, scope: Namespaced, names: {plural: foos, kind: Foo}, "
            + "versions: "
            + "[{name: v1, served: true, storage: true, subresources: {status: {}}, schema: {openAPIV3Schema: {type: object}}}]}}");
    String foos = "/apis/verbs.example/v1/namespaces/default/foos";
    api.until(() -> api.get(foos).status() == 200);
    api.create(foos, "{apiVersion: verbs.example/v1, kind: Foo, metadata: {name: a}}");
    assertThat(api.send("DELETE", foos + "/a/status", "").message())
        .isEqualTo("delete is not supported on resources of kind \"foos.verbs.example\"");
  }
}
