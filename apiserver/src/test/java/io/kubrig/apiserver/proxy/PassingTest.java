package io.kubrig.apiserver.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.HttpServer;
import io.kubrig.apiserver.http.ServerOptions;
import io.kubrig.apiserver.status.ApiException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PassingTest {
  private final List<HttpServer> servers = new ArrayList<>();
  private final Passing passing = new Passing(Duration.ofSeconds(5));

  @AfterEach
  void stop() {
    servers.forEach(HttpServer::close);
  }

  private HttpServer serve(Handler handler) throws Exception {
    HttpServer server = HttpServer.startPlain(ServerOptions.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), handler);
    servers.add(server);
    return server;
  }

  /** A front that passes everything on to a backend. */
  private HttpServer front(Handler backend) throws Exception {
    Backend target = new Backend("127.0.0.1", serve(backend).address().getPort(), null, false);
    return serve(
        exchange -> {
          try {
            passing.request(exchange, target, exchange.rawPath());
          } catch (ApiException e) {
            exchange.respond(e.code(), new Headers(), e.getMessage().getBytes(UTF_8));
          }
        });
  }

  private static HttpResponse<String> get(HttpServer server, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void passes_requests_on_and_answers_back() throws Exception {
    HttpServer front =
        front(exchange -> exchange.respond(202, Headers.of("X-A", "b"),
            (exchange.rawPath() + " " + exchange.headers().value("X-Forwarded-For")).getBytes(UTF_8)));
    HttpResponse<String> answer = get(front, "/x/%2F?y");
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.headers().firstValue("X-A")).contains("b");
    assertThat(answer.body()).isEqualTo("/x/%2F 127.0.0.1");
  }

  @Test
  void passes_streams_on_without_their_framing() throws Exception {
    HttpServer front =
        front(
            exchange -> {
              try (Exchange.ResponseStream out = exchange.stream(200, Headers.of("Content-Type", "text/plain"))) {
                for (int i = 0; i < 1000; i++) {
                  out.write(("line " + i + "\n").getBytes(UTF_8));
                }
              }
            });
    assertThat(get(front, "/").body().lines()).hasSize(1000).last().isEqualTo("line 999");
  }

  @Test
  void does_not_follow_redirects() throws Exception {
    HttpServer front = front(exchange -> exchange.respond(302, Headers.of("Location", "http://169.254.169.254/"), new byte[0]));
    assertThat(get(front, "/").statusCode()).isEqualTo(302);
    assertThat(upgrade(front)).startsWith("HTTP/1.1 500")
        .endsWith("the backend attempted to redirect this request, which is not permitted");
  }

  @Test
  void joins_upgraded_connections() throws Exception {
    HttpServer front =
        front(
            exchange -> {
              try (Exchange.Duplex duplex =
                  exchange.upgrade(Headers.of("Upgrade", "SPDY/3.1", "X-Stream-Protocol-Version", "v4.channel.k8s.io"))) {
                byte[] word = duplex.input().readNBytes(4);
                duplex.output().write(new String(word, UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8));
              }
            });
    try (Socket socket = connect(front)) {
      ask(socket);
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        head.append((char) in.read());
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 101").containsIgnoringCase("X-Stream-Protocol-Version: v4.channel.k8s.io");
      socket.getOutputStream().write("ping".getBytes(UTF_8));
      assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("PING");
    }
  }

  @Test
  void says_that_a_backend_cannot_be_reached() throws Exception {
    HttpServer closed = serve(exchange -> { });
    Backend gone = new Backend("127.0.0.1", closed.address().getPort(), null, false);
    closed.close();
    HttpServer front =
        serve(
            exchange -> {
              try {
                passing.request(exchange, gone, "/");
              } catch (ApiException e) {
                exchange.respond(e.code(), new Headers(), e.getMessage().getBytes(UTF_8));
              }
            });
    HttpResponse<String> answer = get(front, "/");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).startsWith("error trying to reach service: ");
  }

  private static Socket connect(HttpServer server) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void ask(Socket socket) throws Exception {
    socket.getOutputStream().write("POST /exec HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n".getBytes(UTF_8));
  }

  private static String upgrade(HttpServer server) throws Exception {
    try (Socket socket = connect(server)) {
      socket.getOutputStream().write(
          "POST /exec HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, close\r\nUpgrade: SPDY/3.1\r\n\r\n".getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
