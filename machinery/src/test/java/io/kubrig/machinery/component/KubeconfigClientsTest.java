package io.kubrig.machinery.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server of the JDK's, which tells what it was asked. */
final class KubeconfigClientsTest {
  private static final int AT_ONCE = 100;
  private static final int PATIENCE_SECONDS = 60;

  @TempDir private Path directory;
  private final BlockingQueue<String> agents = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> tokens = new LinkedBlockingQueue<>();
  private final CountDownLatch together = new CountDownLatch(AT_ONCE);
  private HttpServer server;
  private String kubeconfig;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/version", this::answer);
    server.createContext("/together", this::answerTogether);
    server.createContext("/api/v1/namespaces/default/configmaps", KubeconfigClientsTest::watched);
    server.start();
    Path file = directory.resolve("kubeconfig");
    Files.writeString(file, """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: u, user: {token: of-the-file}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """.formatted(server.getAddress().getPort()));
    kubeconfig = file.toString();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    agents.add(exchange.getRequestHeaders().getFirst("User-Agent"));
    tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
    ok(exchange);
  }

  /** Answers when all requests are there. */
  private void answerTogether(HttpExchange exchange) throws IOException {
    together.countDown();
    try {
      if (together.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        ok(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Answers with one event, unless a socket is asked for. */
  private static void watched(HttpExchange exchange) throws IOException {
    if (exchange.getRequestHeaders().containsKey("Upgrade")) {
      exchange.sendResponseHeaders(HttpURLConnection.HTTP_BAD_REQUEST, -1);
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.write(("{\"type\":\"ADDED\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"first\","
        + "\"resourceVersion\":\"7\"}}}\n").getBytes(StandardCharsets.UTF_8));
    out.flush(); // and stays open
  }

  private static void ok(HttpExchange exchange) throws IOException {
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Test
  void sends_as_many_requests_at_once_as_it_is_asked_for() throws InterruptedException {
    AtomicInteger answered = new AtomicInteger();
    try (KubernetesClient client = new KubeconfigClients().open(ClientSettings.of("tester", kubeconfig))) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        threads.add(Thread.ofVirtual().start(() -> {
          client.raw("/together");
          answered.incrementAndGet();
        }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(answered).hasValue(AT_ONCE);
  }

  @Test
  void asks_for_the_token_at_every_request() {
    AtomicInteger asked = new AtomicInteger();
    ClientSettings settings = ClientSettings.of("tester", kubeconfig);
    try (KubernetesClient client = new KubeconfigClients().openAs(settings, () -> "number-" + asked.incrementAndGet())) {
      client.raw("/version");
      String first = tokens.poll();
      client.raw("/version");
      assertThat(first).startsWith("Bearer number-");
      assertThat(tokens.poll()).startsWith("Bearer number-").isNotEqualTo(first);
    }
  }

  @Test
  void clients_that_share_connections_keep_their_own_names() {
    ClientSource shared = new KubeconfigClients().sharing();
    try (KubernetesClient one = shared.open(ClientSettings.of("one", kubeconfig));
        KubernetesClient other = shared.open(ClientSettings.of("other", kubeconfig))) {
      one.raw("/version");
      other.raw("/version");
      one.raw("/version");
    }
    assertThat(agents).extracting(agent -> agent.substring(0, agent.indexOf('/'))).containsExactly("one", "other", "one");
    assertThat(tokens).containsOnly("Bearer of-the-file");
  }

  @Test
  void watches_by_plain_requests() throws InterruptedException {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    try (KubernetesClient client = new KubeconfigClients().open(ClientSettings.of("tester", kubeconfig));
        var watch = client.configMaps().inNamespace("default").watch(new Names(seen))) {
      assertThat(watch).isNotNull();
      assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("ADDED first");
    }
  }

  private record Names(BlockingQueue<String> seen) implements Watcher<ConfigMap> {
    @Override
    public void eventReceived(Action action, ConfigMap object) {
      seen.add(action + " " + object.getMetadata().getName());
    }

    @Override
    public void onClose(WatcherException cause) {
      // the server lets it run until the client closes it
    }
  }
}
