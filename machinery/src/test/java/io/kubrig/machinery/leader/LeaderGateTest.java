package io.kubrig.machinery.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.component.ClientSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaderGateTest {
  private static final ConfigMap MAP =
      new ConfigMapBuilder().withNewMetadata().withName("m").withNamespace("ns").withResourceVersion("1").endMetadata().build();

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicBoolean leads = new AtomicBoolean(true);
  private final LeaderGate gate = new LeaderGate(leads::get);
  private final CountDownLatch arrived = new CountDownLatch(1);
  private volatile CountDownLatch answering = new CountDownLatch(0); // what writes wait for in the server
  private HttpServer server;

  @BeforeEach
  void begin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    byte[] answer = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\",\"namespace\":\"ns\"}}"
        .getBytes(StandardCharsets.UTF_8);
    server.createContext("/", exchange -> {
      asked.add(exchange.getRequestMethod());
      exchange.getRequestBody().readAllBytes();
      if (!exchange.getRequestMethod().equals("GET")) {
        arrived.countDown();
        await(answering);
      }
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private KubernetesClient client() {
    ClientSettings settings = ClientSettings.of("test", "").with(gate);
    return new KubernetesClientBuilder()
        .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort()).build())
        .withHttpClientBuilderConsumer(settings::intercept).build();
  }

  @Test
  void who_was_deposed_reads_and_does_not_write() {
    try (KubernetesClient client = client()) {
      client.resource(MAP).create();
      leads.set(false);
      assertThatThrownBy(() -> client.resource(MAP).create()).isInstanceOf(KubernetesClientException.class)
          .hasStackTraceContaining("this process does not lead any more");
      assertThatThrownBy(() -> client.raw("/api/v1/namespaces/ns/configmaps/m", "DELETE", null)).isInstanceOf(RuntimeException.class);
      assertThatCode(() -> client.resource(MAP).get()).doesNotThrowAnyException();
      assertThat(asked).filteredOn(method -> !method.equals("GET")).hasSize(1);
      assertThat(gate.drain(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void who_hands_over_waits_for_the_answers_to_writes_under_way() throws InterruptedException {
    answering = new CountDownLatch(1);
    try (KubernetesClient client = client()) {
      Thread writer = Thread.ofVirtual().start(() -> client.resource(MAP).create());
      arrived.await();
      leads.set(false);
      assertThat(gate.drain(Duration.ofMillis(20))).as("whether all is answered while the server still works").isFalse();
      Thread server = Thread.ofVirtual().start(answering::countDown);
      assertThat(gate.drain(Duration.ofSeconds(30))).isTrue();
      writer.join();
      server.join();
    }
  }

  @Test
  void a_write_that_could_not_be_sent_is_waited_for_only_so_long() {
    try (KubernetesClient client = new KubernetesClientBuilder()
        .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty()).withMasterUrl("http://127.0.0.1:1")
            .withRequestRetryBackoffLimit(0).build())
        .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("gate", gate)).build()) {
      assertThatThrownBy(() -> client.resource(MAP).create()).isInstanceOf(KubernetesClientException.class);
      assertThat(gate.drain(Duration.ofMillis(20))).isFalse();
    }
  }
}
