package io.kubrig.apiserver.aggregation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.HttpServer;
import io.kubrig.apiserver.http.ServerOptions;
import io.kubrig.apiserver.http.Tls;
import io.kubrig.apiserver.server.LiveApi;
import io.kubrig.apiserver.server.LiveApi.Answer;
import io.kubrig.apiserver.webhook.FakeHook;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class AggregationTest {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.selfSigned("aggregated", KeyKind.EC, Clock.system());
  private static final CertificateAuthority PROXIES = CertificateAuthority.selfSigned("front-proxy-ca", KeyKind.EC, Clock.system());
  private static final String SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices";
  private static final String GROUP_PATH = "/apis/metrics.example.com/v1";

  private LiveApi api;
  private HttpServer remote;
  private final List<Headers> seen = new CopyOnWriteArrayList<>();
  private final List<String> proxies = new CopyOnWriteArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile boolean broken;

  @BeforeEach
  void start() throws Exception {
    api = new LiveApi(Optional.of(PROXIES.issue(CertificateSpec.client("front-proxy-client"), KeyKind.EC)));
    CertificateSpec spec = CertificateSpec.server("metrics", List.of("metrics.default.svc"), List.of());
    KeyAndCertificate identity = AUTHORITY.issue(spec, KeyKind.EC);
    remote =
        HttpServer.start(
            ServerOptions.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Tls.of(identity.key(), identity.chain(), List.of(PROXIES.certificate())),
            this::serve);
    api.service("default/metrics:443", InetSocketAddress.createUnresolved("127.0.0.1", remote.address().getPort()));
  }

  @AfterEach
  void stop() {
    release.countDown();
    api.close();
    remote.close();
  }

  // ---- the other server ----------------------------------------------------------------------------------------------

  private static final Map<String, String> DOCUMENTS =
      Map.of(
          GROUP_PATH,
          "{'kind': 'APIResourceList', 'groupVersion': 'metrics.example.com/v1', 'resources': [{'name': 'gauges', 'singularName': "
              + "'gauge', 'namespaced': true,"
              + " 'kind': 'Gauge', 'verbs': ['get', 'list'], 'shortNames': ['ga']}, {'name': 'gauges/status', 'singularName': '', "
                  + "'namespaced': true, 'kind':"
              + " 'Gauge', 'verbs': ['get']}, {'name': 'pods/load', 'singularName': '', 'namespaced': true, 'kind': 'Load', 'verbs': "
                  + "['get']}]}",
          "/openapi/v3",
          "{'paths': {'apis/metrics.example.com/v1': {'serverRelativeURL': '/openapi/v3/apis/metrics.example.com/v1?hash=1'}}}",
          "/openapi/v3/apis/metrics.example.com/v1",
          "{'openapi': '3.0.0', 'paths': {'/apis/metrics.example.com/v1/gauges': {}}}",
          "/openapi/v2",
          "{'swagger': '2.0', 'paths': {'/apis/metrics.example.com/v1/gauges': {'get': {'x': {'$ref': '#/definitions/Gauge'}}}, "
              + "'/version/': {}}, 'definitions':"
              + " {'Gauge': {'properties': {'metadata': {'$ref': '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'}}}, "
                  + "'Unused': {},"
              + " 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {'description': 'other'}}}");

  private void serve(Exchange exchange) throws IOException {
    exchange.clientCertificates().stream().findFirst().map(leaf -> leaf.getSubjectX500Principal().getName()).ifPresent(proxies::add);
    seen.add(exchange.headers());
    String document = DOCUMENTS.get(exchange.rawPath());
    if (broken) {
      exchange.respond(500, new Headers(), new byte[0]);
    } else if (document != null) {
      exchange.respond(200, Headers.of("Content-Type", "application/json"), document.replace('\'', '"').getBytes(UTF_8));
    } else if (exchange.canUpgrade()) {
      try (Exchange.Duplex duplex = exchange.upgrade(Headers.of("Upgrade", "SPDY/3.1"))) {
        duplex.output().write(new String(duplex.input().readNBytes(4), UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8));
      }
    } else if (exchange.rawQuery().contains("watch")) {
      stream(exchange);
    } else if (exchange.rawPath().endsWith("/elsewhere")) {
      exchange.respond(302, Headers.of("Location", "https://elsewhere.example.com/steal"), new byte[0]);
    } else {
      Tree echo = Tree.of("method", exchange.method(), "path", exchange.rawPath(), "query", exchange.rawQuery(), "body",
          new String(exchange.body(99), UTF_8));
      exchange.respond(202, Headers.of("Content-Type", "application/json"), Json.write(echo));
    }
  }

  private void stream(Exchange exchange) throws IOException {
    try (Exchange.ResponseStream out = exchange.stream(200, Headers.of("Content-Type", "application/json"))) {
      out.write("{\"type\":\"ADDED\"}\n".getBytes(UTF_8));
      release.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- this server ---------------------------------------------------------------------------------------------------

  private void register(String more) throws Exception {
    api.create(
        SERVICES,
        "{metadata: {name: v1.metrics.example.com}, spec: {group: metrics.example.com, version: v1, groupPriorityMinimum: 100, "
            + "versionPriority: 100,"
            + " service: {namespace: default, name: metrics}, " + more + "}}");
  }

  private void registerTrusted() throws Exception {
    register("caBundle: " + FakeHook.caBundle(AUTHORITY));
  }

  private Tree condition() throws IOException, InterruptedException {
    return api.get(SERVICES + "/v1.metrics.example.com").body().tree("status").trees("conditions").stream().findFirst()
        .orElse(Tree.empty());
  }

  private void untilReason(String reason) throws Exception {
    api.until(() -> condition().string("reason").equals(reason));
  }

  private void makeAvailable() throws Exception {
    api.create("/api/v1/namespaces/default/services", "{metadata: {name: metrics}, spec: {ports: [{port: 443}]}}");
    api.create(
        "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
        "{metadata: {name: metrics-1, labels: {kubernetes.io/service-name: metrics}}, addressType: IPv4, endpoints: [{addresses: "
            + "[10.1.2.3]}],"
            + " ports: [{name: '', port: 443}]}");
    untilReason("Passed");
  }

  @Test
  void says_why_a_server_is_not_available_until_it_is() throws Exception {
    registerTrusted();
    untilReason("ServiceNotFound");
    assertThat(condition().string("message")).isEqualTo("service/metrics in \"default\" is not present");
    Answer refused = api.get(GROUP_PATH + "/gauges");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text()).isEqualTo("service unavailable\n");
    api.create("/api/v1/namespaces/default/services", "{metadata: {name: metrics}, spec: {ports: [{port: 8443}]}}");
    untilReason("ServicePortError");
    assertThat(condition().string("message")).isEqualTo("service/metrics in \"default\" is not listening on port 443");
    api.send("PATCH", "/api/v1/namespaces/default/services/metrics", "{spec: {ports: [{port: 443}]}}");
    untilReason("EndpointsNotFound");
    api.create(
        "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
        "{metadata: {name: metrics-1, labels: {kubernetes.io/service-name: metrics}}, addressType: IPv4, endpoints: [], ports: [{name: "
            + "'', port: 443}]}");
    untilReason("MissingEndpoints");
    assertThat(condition().string("message"))
        .isEqualTo("endpointslices for service/metrics in \"default\" have no addresses with port name \"\"");
    broken = true;
    api.send("PATCH", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/metrics-1", "{endpoints: [{addresses: [10.1.2.3]}]}");
    untilReason("FailedDiscoveryCheck");
    String url = "https://127.0.0.1:" + remote.address().getPort() + GROUP_PATH;
    assertThat(condition().string("message")).isEqualTo("failing or missing response from " + url + ": bad status from " + url + ": 500");
    assertThat(api.metrics())
        .contains("aggregator_unavailable_apiservice{name=\"v1.metrics.example.com\"} 1")
        .contains("aggregator_unavailable_apiservice_total{name=\"v1.metrics.example.com\",reason=\"ServiceNotFound\"}");
    broken = false;
    untilReason("Passed");
    assertThat(condition().string("status") + " " + condition().string("message")).isEqualTo("True all checks passed");
  }

  @Test
  void passes_requests_on_in_the_name_of_their_user() throws Exception {
    registerTrusted();
    makeAvailable();
    api.until(() -> api.post(GROUP_PATH + "/gauges", "{a: b}").status() == 202);
    Answer answer = api.post(GROUP_PATH + "/namespaces/default/gauges?x=y%20z", "{a: b}", "X-Remote-Group", "spoofed", "X-Other", "kept");
    assertThat(answer.body())
        .isEqualTo(Tree.of("method", "POST", "path", GROUP_PATH + "/namespaces/default/gauges", "query", "x=y%20z", "body",
            "{\"a\":\"b\"}"));
    Headers headers = seen.stream().filter(one -> one.value("X-Other").equals("kept")).findFirst().orElseThrow();
    assertThat(headers.all("X-Remote-User")).containsExactly("admin");
    assertThat(headers.all("X-Remote-Uid")).containsExactly("u1");
    assertThat(headers.all("X-Remote-Group")).containsExactly("system:masters", "system:authenticated");
    assertThat(headers.all("Authorization")).isEmpty();
    assertThat(headers.value("Audit-ID")).isNotEmpty();
    assertThat(headers.value("Host")).isEqualTo("127.0.0.1:" + remote.address().getPort());
    assertThat(proxies).contains("CN=front-proxy-client");
    assertThat(api.get(GROUP_PATH + "/gauges", "Authorization", "Bearer alice").status()).describedAs("authorized here first")
        .isEqualTo(403);
    api.withoutService("default/metrics:443");
    assertThat(api.get(GROUP_PATH + "/gauges").text()).isEqualTo("service unavailable\n");
  }

  @Test
  void streams_watches_and_joins_upgrades() throws Exception {
    registerTrusted();
    makeAvailable();
    api.until(() -> api.post(GROUP_PATH + "/gauges", "{a: b}").status() == 202);
    HttpRequest request = HttpRequest.newBuilder(api.uri(GROUP_PATH + "/gauges?watch=true")).header("Authorization", "Bearer admin")
        .build();
    HttpResponse<InputStream> watch = api.client().send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = watch.body()) {
      assertThat(new String(in.readNBytes(17), UTF_8)).isEqualTo("{\"type\":\"ADDED\"}\n");
      release.countDown();
      assertThat(in.read()).isEqualTo(-1);
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.uri("/").getPort())) {
      socket.setSoTimeout(10_000);
      String head = "POST " + GROUP_PATH
          + "/gauges/a/exec HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer admin\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      InputStream in = socket.getInputStream();
      StringBuilder answer = new StringBuilder();
      while (!answer.toString().endsWith("\r\n\r\n")) {
        answer.append((char) in.read());
      }
      assertThat(answer.toString()).startsWith("HTTP/1.1 101");
      socket.getOutputStream().write("ping".getBytes(UTF_8));
      assertThat(new String(in.readNBytes(4), UTF_8)).isEqualTo("PING");
    }
  }

  @Test
  void its_resources_are_part_of_discovery() throws Exception {
    registerTrusted();
    untilReason("ServiceNotFound");
    api.until(() -> group().isPresent());
    assertThat(version().string("freshness")).isEqualTo("Stale");
    makeAvailable();
    api.until(() -> version().string("freshness").equals("Current"));
    assertThat(version().trees("resources")).extracting(resource -> resource.string("resource")).containsExactly("gauges", "pods");
    Tree gauges = version().trees("resources").getFirst();
    assertThat(gauges.tree("responseKind")).isEqualTo(Tree.of("group", "metrics.example.com", "version", "v1", "kind", "Gauge"));
    assertThat(gauges.trees("subresources").getFirst().string("subresource")).isEqualTo("status");
    assertThat(api.get("/apis").body().trees("groups")).extracting(group -> group.string("name")).contains("metrics.example.com");
    assertThat(api.get("/apis/metrics.example.com").body().tree("preferredVersion").string("version")).isEqualTo("v1");
    assertThat(api.get(GROUP_PATH).body().trees("resources")).hasSize(3);
    api.send("DELETE", SERVICES + "/v1.metrics.example.com", "");
    api.until(() -> group().isEmpty());
    assertThat(api.get(GROUP_PATH).status()).isEqualTo(404);
  }

  private Optional<Tree> group() throws IOException, InterruptedException {
    return api.get("/apis", "Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList").body().trees("items").stream()
        .filter(item -> item.tree("metadata").string("name").equals("metrics.example.com"))
        .findFirst();
  }

  private Tree version() throws IOException, InterruptedException {
    return group().orElseThrow().trees("versions").getFirst();
  }

  @Test
  void its_documents_are_part_of_openapi() throws Exception {
    registerTrusted();
    makeAvailable();
    api.until(() -> api.get("/openapi/v3").body().tree("paths").has("apis/metrics.example.com/v1"));
    String url = api.get("/openapi/v3").body().tree("paths").tree("apis/metrics.example.com/v1").string("serverRelativeURL");
    assertThat(api.get(url).body().tree("paths").names()).containsExactly(GROUP_PATH + "/gauges");
    api.until(() -> api.get("/openapi/v2").body().tree("paths").has(GROUP_PATH + "/gauges"));
    Tree document = api.get("/openapi/v2").body();
    assertThat(document.at("definitions", "Gauge", "properties", "metadata").string("$ref"))
        .describedAs("its ObjectMeta is another one")
        .isEqualTo("#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta_v2");
    assertThat(document.tree("definitions").has("Unused")).isFalse();
    assertThat(document.tree("paths").has("/api/v1/pods")).describedAs("ours are still there").isTrue();
  }

  @Test
  void certificates_are_verified_unless_that_is_switched_off() throws Exception {
    register("caBundle: " + FakeHook.caBundle());
    makeAvailable();
    api.until(() -> api.get(GROUP_PATH + "/gauges").text().startsWith("error"));
    Answer refused = api.get(GROUP_PATH + "/gauges");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text())
        .isEqualTo("error trying to reach service: tls: failed to verify certificate: x509: certificate signed by unknown authority\n");
    api.send("PATCH", SERVICES + "/v1.metrics.example.com", "{spec: {caBundle: null, insecureSkipTLSVerify: true}}");
    api.until(() -> api.post(GROUP_PATH + "/gauges", "{a: b}").status() == 202);
  }

  @Test
  void versions_of_custom_resources_are_registered_and_withdrawn() throws Exception {
    String definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    api.create(
        definitions,
        "{metadata: {name: knives.example.com}, spec: {group: example.com, scope: Namespaced, names: {plural: knives, kind: Knife}, "
            + "versions: [{name: v1, served:"
            + " true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}}");
    api.until(() -> api.get(SERVICES + "/v1.example.com").status() == 200);
    Tree made = api.get(SERVICES + "/v1.example.com").body();
    assertThat(made.at("metadata", "labels")).isEqualTo(Tree.of("kube-aggregator.kubernetes.io/automanaged", "true"));
    assertThat(made.tree("spec"))
        .isEqualTo(Tree.of("group", "example.com", "version", "v1", "groupPriorityMinimum", 1000L, "versionPriority", 100L));
    assertThat(made.tree("status").trees("conditions").getFirst().string("reason")).isEqualTo("Local");
    api.send("DELETE", definitions + "/knives.example.com", "");
    api.until(() -> api.get(SERVICES + "/v1.example.com").status() == 404);
    assertThat(api.get(SERVICES + "/v1.apps").status()).isEqualTo(200);
  }

  /** CVE-2022-3172. */
  @Test
  void a_server_cannot_send_clients_elsewhere() throws Exception {
    registerTrusted();
    makeAvailable();
    Answer answer = api.get(GROUP_PATH + "/namespaces/default/gauges/elsewhere");
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text()).isEqualTo("the backend attempted to redirect this request, which is not permitted");
    assertThat(answer.headers().firstValue("Location")).isEmpty();
  }
}
