package io.kubrig.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.operators.engine.Attempt;
import io.kubrig.operators.engine.Write;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriteGateTest {
  private static final ConfigMap MAP =
      new ConfigMapBuilder().withNewMetadata().withName("m").withNamespace("ns").withResourceVersion("1").endMetadata().build();

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final AtomicBoolean refusing = new AtomicBoolean();
  private HttpServer server;

  @BeforeEach
  void begin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] answer = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\",\"namespace\":\"ns\"}}"
        .getBytes(StandardCharsets.UTF_8);
    server.createContext("/", exchange -> {
      asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(refusing.get() ? 403 : 200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private KubernetesClient client(WriteGate gate) {
    ClientSettings settings = ClientSettings.of("test", "").with(gate);
    return new KubernetesClientBuilder()
        .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort()).build())
        .withHttpClientBuilderConsumer(settings::intercept).build();
  }

  @Test
  void what_is_planned_is_only_checked_by_the_server() {
    try (KubernetesClient client = client(WriteGate.planning())) {
      client.resource(MAP).get();
      client.resource(MAP).create();
      client.raw("/api/v1/namespaces/ns/configmaps/m?a=b", "DELETE", null);
    }
    assertThat(asked).containsExactly("GET /api/v1/namespaces/ns/configmaps/m", "POST /api/v1/namespaces/ns/configmaps?dryRun=All",
        "DELETE /api/v1/namespaces/ns/configmaps/m?a=b&dryRun=All");
  }

  @Test
  void what_a_shadow_wants_is_put_to_the_account_of_its_reconcile_and_sent_dry() {
    Attempt attempt = new Attempt();
    try (KubernetesClient client = client(WriteGate.shadowing())) {
      attempt.call(() -> client.resource(MAP).create());
      attempt.call(() -> client.raw("/apis/authorization.k8s.io/v1/subjectaccessreviews", "POST", Map.of()));
      attempt.call(() -> client.resource(MAP).get());
    }
    assertThat(attempt.writes()).extracting(Write::toString).containsExactly("create configmaps ns/m");
    assertThat(asked).filteredOn(request -> !request.startsWith("GET")).allMatch(request -> request.endsWith("?dryRun=All"));
  }

  @Test
  void what_the_server_refuses_is_taken_off_the_account_of_a_shadow() {
    refusing.set(true);
    Attempt attempt = new Attempt();
    try (KubernetesClient client = client(WriteGate.shadowing())) {
      assertThatThrownBy(() -> attempt.call(() -> client.resource(MAP).create())).isInstanceOf(KubernetesClientException.class);
    }
    assertThat(attempt.writes()).isEmpty();
    assertThat(attempt.refusals()).isEqualTo(1);
  }

  @Test
  void a_planned_deletion_says_in_its_body_that_it_is_dry_for_servers_read_nothing_else() {
    try (KubernetesClient client = client(WriteGate.planning())) {
      client.raw("/api/v1/namespaces/ns/configmaps/m", "DELETE", Map.of("kind", "DeleteOptions", "propagationPolicy", "Background"));
    }
    assertThat(bodies.getLast()).contains("\"dryRun\":[\"All\"]", "\"propagationPolicy\":\"Background\"");
  }

  @Test
  void a_request_that_is_sent_again_is_dry_once() {
    URI dry = WriteGate.dry(URI.create("https://s/api?x=%20y"));
    assertThat(dry).hasToString("https://s/api?x=%20y&dryRun=All");
    assertThat(WriteGate.dry(dry)).isEqualTo(dry);
  }

  @Test
  void plans_show_no_secrets_and_no_tokens() {
    assertThat(WriteGate.isConfidential(URI.create("https://s/api/v1/namespaces/ns/secrets?x=y"))).isTrue();
    assertThat(WriteGate.isConfidential(URI.create("https://s/api/v1/namespaces/ns/serviceaccounts/a/token"))).isTrue();
    assertThat(WriteGate.isConfidential(URI.create("https://s/api/v1/namespaces/ns/configmaps/secret-santa"))).isFalse();
  }
}
