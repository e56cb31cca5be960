package io.kubrig.apiserver.admission.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.server.LiveApi;
import io.kubrig.apiserver.server.LiveApi.Answer;
import io.kubrig.apiserver.webhook.FakeHook;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class WebhooksTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String RULES = "[{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [configmaps]}]";
  private static final String REGISTRATION = "/apis/admissionregistration.k8s.io/v1/";
  private static LiveApi api;
  private FakeHook hook;

  @BeforeAll
  static void start() throws Exception {
    api = new LiveApi();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @BeforeEach
  void makeHook() throws Exception {
    hook = new FakeHook(review -> FakeHook.response(review, "allowed", true));
  }

  @AfterEach
  void clean() throws Exception {
    for (String plural : List.of("mutatingwebhookconfigurations", "validatingwebhookconfigurations")) {
      api.send("DELETE", REGISTRATION + plural, "");
    }
    api.until(() -> {
      hook.reviews().clear();
      return probe().status() == 201 && hook.reviews().isEmpty();
    });
    api.send("DELETE", MAPS, "");
    hook.close();
  }

  private static Answer probe() throws IOException, InterruptedException {
    return api.post(MAPS + "?dryRun=All", "{metadata: {name: probe}}");
  }

  private String webhook(String more) {
    return "{name: w.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {url: '" + hook.url() + "/x', caBundle: "
        + FakeHook.caBundle() + "}, rules: " + RULES + (more.isEmpty() ? "" : ", " + more) + "}";
  }

  /** Registers webhooks and waits until they are in force. */
  private void register(boolean mutating, String... webhooks) throws Exception {
    String kind = mutating ? "MutatingWebhookConfiguration" : "ValidatingWebhookConfiguration";
    String plural = mutating ? "mutatingwebhookconfigurations" : "validatingwebhookconfigurations";
    api.create(REGISTRATION + plural, "{kind: " + kind + ", metadata: {name: hooks}, webhooks: [" + String.join(", ", webhooks) + "]}");
  }

  private void validating(String more) throws Exception {
    register(false, webhook(more));
    api.until(() -> !probeSeen().isEmpty());
    hook.reviews().clear();
    hook.uris().clear();
  }

  private void mutating(String more) throws Exception {
    register(true, webhook(more));
    api.until(() -> !probeSeen().isEmpty());
    hook.reviews().clear();
  }

  private List<Tree> probeSeen() throws IOException, InterruptedException {
    probe();
    return hook.reviews();
  }

  private static Answer create(String yaml) throws Exception {
    return api.post(MAPS, yaml);
  }

  @Test
  void tells_a_webhook_what_is_asked_and_by_whom() throws Exception {
    validating("");
    create("{metadata: {name: a}, data: {k: v}}");
    Tree review = hook.reviews().getFirst();
    assertThat(hook.uris()).containsExactly("/x?timeout=10s");
    assertThat(review.string("apiVersion")).isEqualTo("admission.k8s.io/v1");
    Tree request = review.tree("request");
    assertThat(request.names())
        .containsExactly(
            "uid", "kind", "resource", "requestKind", "requestResource", "name", "namespace", "operation", "userInfo", "object",
                "oldObject", "dryRun",
            "options");
    assertThat(request.tree("kind")).isEqualTo(Tree.of("group", "", "version", "v1", "kind", "ConfigMap"));
    assertThat(request.tree("resource")).isEqualTo(Tree.of("group", "", "version", "v1", "resource", "configmaps"));
    assertThat(request.string("name") + request.string("namespace") + request.string("operation")).isEqualTo("adefaultCREATE");
    assertThat(request.tree("userInfo").string("username")).isEqualTo("admin");
    assertThat(request.at("object", "data")).isEqualTo(Tree.of("k", "v"));
    assertThat(request.has("oldObject") && request.get("oldObject") == null).isTrue();
    assertThat(request.tree("options").string("kind")).isEqualTo("CreateOptions");
  }

  @Test
  void a_refusal_carries_the_webhooks_words_and_code() throws Exception {
    validating("");
    hook.answer(review -> FakeHook.response(review, "allowed", false, "status",
        Tree.of("message", "no", "code", 418L, "reason", "Teapot")));
    Answer refused = create("{metadata: {name: a}}");
    assertThat(refused.status()).isEqualTo(418);
    assertThat(refused.message()).isEqualTo("admission webhook \"w.example.com\" denied the request: no");
    assertThat(refused.body().string("reason")).isEqualTo("Teapot");
    assertThat(refused.body().has("details")).isFalse();
    hook.answer(review -> FakeHook.response(review, "allowed", false));
    refused = create("{metadata: {name: a}}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.message()).isEqualTo("admission webhook \"w.example.com\" denied the request without explanation");
    assertThat(api.metrics())
        .contains("apiserver_admission_webhook_rejection_count{error_type=\"no_error\",name=\"w.example.com\",operation=\"CREATE\",rejection_code=\"418\"")
        .contains("apiserver_admission_webhook_request_total{code=\"418\",name=\"w.example.com\",operation=\"CREATE\",rejected=\"true\",type=\"validating\"}")
        .contains("apiserver_admission_webhook_admission_duration_seconds_count{name=\"w.example.com\"");
  }

  @Test
  void warnings_and_audit_annotations_are_passed_on() throws Exception {
    validating("");
    hook.answer(
        review -> FakeHook.response(review, "allowed", true, "warnings", List.of("mind it"), "auditAnnotations", Tree.of("key", "value")));
    assertThat(create("{metadata: {name: warned}}").warnings()).containsExactly("299 - \"mind it\"");
    api.until(() -> noted("warned").tree("annotations").string("w.example.com/key").equals("value"));
  }

  private static Tree noted(String name) {
    return api.audited().stream()
        .filter(event -> event.string("stage").equals("ResponseComplete") && event.tree("objectRef").string("name").equals(name))
        .reduce((first, second) -> second)
        .orElse(Tree.empty());
  }

  /** Whoever may answer for a webhook may not have the server ask others: it would show them what it was asked. */
  @ParameterizedTest
  @ValueSource(ints = {302, 307})
  void a_webhook_that_sends_elsewhere_has_failed(int code) throws Exception {
    validating("timeoutSeconds: 3");
    try (FakeHook elsewhere = new FakeHook(review -> FakeHook.response(review, "allowed", true))) {
      hook.redirect(code, elsewhere.url() + "/y");
      assertThat(create("{metadata: {name: a}}").message())
          .endsWith("failed to call webhook: the server responded with the status code " + code + " but did not return more information");
      assertThat(elsewhere.reviews()).isEmpty();
    }
  }

  @Test
  void what_cannot_be_called_fails_closed_or_open() throws Exception {
    validating("timeoutSeconds: 3");
    String url = hook.url();
    hook.status(500).answer(review -> "broken");
    Answer failed = create("{metadata: {name: a}}");
    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.message())
        .isEqualTo(
            "Internal error occurred: failed calling webhook \"w.example.com\": failed to call webhook: an error on the server "
                + "(\"broken\") has prevented"
                + " the request from succeeding");
    hook.status(200).answer(review -> FakeHook.response(review, "uid", "other", "allowed", true));
    assertThat(create("{metadata: {name: a}}").message()).contains("received invalid webhook response: expected response.uid=\"");
    hook.close();
    failed = create("{metadata: {name: a}}");
    assertThat(failed.message())
        .isEqualTo(
            "Internal error occurred: failed calling webhook \"w.example.com\": failed to call webhook: Post \"" + url
                + "/x?timeout=3s\": dial tcp "
                + url.substring(8) + ": connect: connection refused");
    api.send("PATCH", REGISTRATION + "validatingwebhookconfigurations/hooks",
        "{webhooks: [" + webhook("failurePolicy: Ignore") + "]}");
    api.until(() -> api.post(MAPS + "?dryRun=All", "{metadata: {name: probe}}").status() == 201);
    assertThat(create("{metadata: {name: opened}}").status()).isEqualTo(201);
    assertThat(api.metrics()).contains("apiserver_admission_webhook_fail_open_count{name=\"w.example.com\",type=\"validating\"}");
    api.until(
        () -> noted("opened").tree("annotations").string("failed-open.validating.webhook.admission.k8s.io/round_0_index_0")
            .equals("w.example.com"));
  }

  @Test
  void a_slow_webhook_runs_into_its_timeout() throws Exception {
    validating("timeoutSeconds: 1");
    CountDownLatch release = new CountDownLatch(1);
    hook.answer(
        review -> {
          try {
            release.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return "";
        });
    Answer failed = create("{metadata: {name: a}}");
    release.countDown();
    assertThat(failed.message())
        .isEqualTo(
            "Internal error occurred: failed calling webhook \"w.example.com\": failed to call webhook: Post \"" + hook.url()
                + "/x?timeout=1s\": context deadline exceeded");
    hook.answer(review -> FakeHook.response(review, "allowed", true));
  }

  @Test
  void certificates_are_verified() throws Exception {
    CertificateAuthority other = CertificateAuthority.selfSigned("others", KeyKind.EC, Clock.system());
    register(false, webhook("").replace(FakeHook.caBundle(), FakeHook.caBundle(other)));
    api.until(() -> api.post(MAPS + "?dryRun=All", "{metadata: {name: probe}}").status() == 500);
    assertThat(create("{metadata: {name: a}}").message())
        .endsWith("tls: failed to verify certificate: x509: certificate signed by unknown authority");
  }

  @Test
  void a_service_is_called_by_its_name_wherever_it_is() throws Exception {
    api.service("default/hook:8443", hook.address());
    String service = webhook("").replace("url: '" + hook.url() + "/x'", "service: {namespace: default, name: hook, port: 8443, path: /y/}");
    register(false, service);
    api.until(() -> !probeSeen().isEmpty());
    assertThat(hook.uris().getLast()).isEqualTo("/y?timeout=10s");
    api.withoutService("default/hook:8443");
    assertThat(create("{metadata: {name: a}}").message())
        .endsWith("failed to call webhook: Post \"https://hook.default.svc:8443/y?timeout=10s\": service \"hook\" not found");
  }

  @Test
  void a_patch_changes_the_object_and_is_noted() throws Exception {
    mutating("");
    hook.answer(
        review -> FakeHook.patched(review, "[{\"op\": \"add\", \"path\": \"/data\", \"value\": {\"added\": \"yes\"}}, "
            + "{\"op\": \"add\", \"path\": \"/unknown\", \"value\": 1}]"));
    Answer made = api.post(MAPS + "?fieldManager=me", "{metadata: {name: patched}}");
    assertThat(made.body().tree("data")).isEqualTo(Tree.of("added", "yes"));
    assertThat(made.body().has("unknown")).isFalse();
    api.until(() -> !noted("patched").isEmpty());
    Tree notes = noted("patched").tree("annotations");
    assertThat(notes.string("mutation.webhook.admission.k8s.io/round_0_index_0"))
        .isEqualTo("{\"configuration\":\"hooks\",\"webhook\":\"w.example.com\",\"mutated\":true}");
    assertThat(notes.string("patch.webhook.admission.k8s.io/round_0_index_0")).contains("\"patchType\":\"JSONPatch\"", "\"added\":\"yes\"");
  }

  @Test
  void a_webhook_that_spoils_managed_fields_is_overruled() throws Exception {
    mutating("");
    hook.answer(review -> FakeHook.patched(review,
        "[{\"op\": \"replace\", \"path\": \"/metadata/managedFields/0/operation\", \"value\": \"x\"}]"));
    Answer made = api.post(MAPS + "?fieldManager=me", "{metadata: {name: a}, data: {k: v}}");
    assertThat(made.body().tree("metadata").trees("managedFields").getFirst().string("operation")).isEqualTo("Update");
    assertThat(made.warnings().getFirst()).contains(".metadata.managedFields was in an invalid state after admission");
  }

  @Test
  void bad_patches_are_errors() throws Exception {
    mutating("");
    hook.answer(review -> FakeHook.patched(review, "[{\"op\": \"remove\", \"path\": \"/missing\"}]"));
    assertThat(create("{metadata: {name: a}}").status()).isEqualTo(500);
    hook.answer(review -> FakeHook.response(review, "allowed", true, "patch", "W10="));
    assertThat(create("{metadata: {name: a}}").message())
        .endsWith("received invalid webhook response: webhook returned response.patch but not response.patchType");
    hook.answer(review -> FakeHook.patched(review, "[{\"op\": \"add\", \"path\": \"/data\", \"value\": 1}]"));
    assertThat(create("{metadata: {name: a}}").message()).startsWith("Internal error occurred: json: cannot unmarshal");
  }

  @Test
  void a_webhook_that_asked_for_it_sees_what_later_ones_changed() throws Exception {
    try (FakeHook second = new FakeHook(review ->
        FakeHook.patched(review, "[{\"op\": \"add\", \"path\": \"/data\", \"value\": {\"two\": \"2\"}}]"))) {
      String later = webhook("").replace("w.example.com", "x.example.com").replace(hook.url(), second.url());
      register(true, webhook("reinvocationPolicy: IfNeeded"), later);
      api.until(() -> !probeSeen().isEmpty());
      hook.reviews().clear();
      second.reviews().clear();
      create("{metadata: {name: a}}");
      assertThat(hook.reviews()).hasSize(2);
      assertThat(hook.reviews().getLast().at("request", "object", "data")).isEqualTo(Tree.of("two", "2"));
      assertThat(second.reviews()).hasSize(1);
    }
  }

  @Test
  void a_dry_run_asks_only_webhooks_without_side_effects() throws Exception {
    register(false, webhook("").replace("sideEffects: None", "sideEffects: NoneOnDryRun"));
    api.until(() -> !probeSeen().isEmpty());
    assertThat(hook.reviews().getLast().tree("request").bool("dryRun")).isTrue();
  }

  @Test
  void selectors_scopes_and_conditions_choose_requests() throws Exception {
    validating("matchConditions: [{name: c, expression: \"object.metadata.name != 'not'\"}]");
    create("{metadata: {name: not}}");
    assertThat(hook.reviews()).isEmpty();
    create("{metadata: {name: a}}");
    assertThat(hook.reviews()).hasSize(1);
    api.send("PATCH", REGISTRATION + "validatingwebhookconfigurations/hooks",
        "{webhooks: [" + webhook("objectSelector: {matchLabels: {a: b}}") + "]}");
    api.until(
        () -> {
          hook.reviews().clear();
          return probeSeen().isEmpty();
        });
    create("{metadata: {name: labelled, labels: {a: b}}}");
    assertThat(hook.reviews()).hasSize(1);
    api.send("PATCH", MAPS + "/labelled", "{metadata: {labels: {a: null}}}");
    assertThat(hook.reviews()).describedAs("the old object still has the label").hasSize(2);
    assertThat(api.metrics()).contains("apiserver_admission_match_condition_exclusions_total{kind=\"webhook\",name=\"w.example.com\"");
  }

  @Test
  void a_condition_that_fails_refuses_the_request() throws Exception {
    validating("matchConditions: [{name: c, expression: \"object.data.k == 'v' || object.metadata.name == 'probe'\"}]");
    Answer refused = create("{metadata: {name: a}}");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.message()).startsWith("configmaps \"a\" is forbidden: expression 'object.data.k ==")
        .endsWith("resulted in error: no such key: data");
  }

  @Test
  void other_versions_of_a_resource_are_converted_for_the_webhook() throws Exception {
    String rules = "[{apiGroups: [autoscaling], apiVersions: [v1], operations: [CREATE], resources: [horizontalpodautoscalers]}]";
    register(true, webhook("").replace(RULES, rules),
        webhook("").replace("w.example.com", "exact.example.com").replace(RULES, rules + ", matchPolicy: Exact"));
    String body =
        "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {maxReplicas: 3, scaleTargetRef: {kind: "
            + "Deployment, name: d,"
            + " apiVersion: apps/v1}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: "
                + "50}}}]}}";
    String path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers?dryRun=All";
    hook.answer(
        review -> FakeHook.patched(review, "[{\"op\": \"replace\", \"path\": \"/spec/targetCPUUtilizationPercentage\", \"value\": 60}]"));
    api.until(
        () -> {
          api.post(path, body);
          return !hook.reviews().isEmpty();
        });
    hook.reviews().clear();
    Answer made = api.post(path, body);
    assertThat(hook.reviews()).describedAs("the exact one is not asked").hasSize(1);
    Tree request = hook.reviews().getFirst().tree("request");
    assertThat(request.tree("kind").string("version") + request.tree("requestKind").string("version")).isEqualTo("v1v2");
    assertThat(request.at("object", "spec").integer("targetCPUUtilizationPercentage")).isEqualTo(50);
    assertThat(made.body().tree("spec").trees("metrics").getFirst().at("resource", "target").integer("averageUtilization")).isEqualTo(60);
  }

  @Test
  void configurations_themselves_are_exempt() throws Exception {
    register(false, webhook("").replace(RULES, "[{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*']}]"));
    api.until(() -> !probeSeen().isEmpty());
    hook.answer(review -> FakeHook.response(review, "allowed", false));
    assertThat(api.send("DELETE", REGISTRATION + "validatingwebhookconfigurations/hooks", "").status()).isEqualTo(200);
  }

  @Test
  void an_apply_that_creates_is_shown_as_a_create() throws Exception {
    validating("");
    api.send(
        "PATCH", MAPS + "/applied?fieldManager=me&force=true", "{apiVersion: v1, kind: ConfigMap, metadata: {name: applied}}",
            "Content-Type",
        "application/apply-patch+yaml");
    Tree request = hook.reviews().getLast().tree("request");
    assertThat(request.string("operation")).isEqualTo("CREATE");
    assertThat(request.tree("options")).isEqualTo(Tree.of("kind", "CreateOptions", "apiVersion", "meta.k8s.io/v1", "fieldManager", "me"));
  }

  @Test
  void connections_are_admitted() throws Exception {
    register(false, webhook("").replace(RULES, "[{apiGroups: [''], apiVersions: [v1], operations: [CONNECT], resources: [pods/exec]}]"));
    String path = "/api/v1/namespaces/default/pods/missing/exec?command=ls&command=-l&stdin=true&container=c";
    hook.answer(review -> FakeHook.response(review, "allowed", false));
    api.until(() -> api.post(path, "").status() == 400);
    Tree request = hook.reviews().getLast().tree("request");
    assertThat(request.string("operation") + " " + request.string("name") + " " + request.string("subResource"))
        .isEqualTo("CONNECT missing exec");
    assertThat(request.tree("kind").string("kind")).isEqualTo("PodExecOptions");
    assertThat(request.tree("object"))
        .isEqualTo(Tree.of("kind", "PodExecOptions", "apiVersion", "v1", "stdin", true, "container", "c", "command", List.of("ls", "-l")));
    assertThat(request.has("options") && request.get("options") == null).isTrue();
  }

  @Test
  void a_scale_is_shown_as_a_scale() throws Exception {
    register(true, webhook("")
        .replace(RULES, "[{apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments/scale]}]"));
    api.create(
        "/apis/apps/v1/namespaces/default/deployments",
        "{metadata: {name: d}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: "
            + "[{name: c, image: i}]}}}}");
    hook.answer(review -> FakeHook.patched(review, "[{\"op\": \"replace\", \"path\": \"/spec/replicas\", \"value\": 7}]"));
    String path = "/apis/apps/v1/namespaces/default/deployments/d/scale";
    api.until(
        () -> {
          api.send("PATCH", path, "{spec: {replicas: 3}}");
          return !hook.reviews().isEmpty();
        });
    Tree request = hook.reviews().getLast().tree("request");
    assertThat(request.tree("requestKind")).isEqualTo(Tree.of("group", "autoscaling", "version", "v1", "kind", "Scale"));
    assertThat(request.tree("object").string("kind")).isEqualTo("Scale");
    assertThat(request.string("subResource")).isEqualTo("scale");
    assertThat(api.get(path).body().tree("spec").integer("replicas")).isEqualTo(7);
  }
}
