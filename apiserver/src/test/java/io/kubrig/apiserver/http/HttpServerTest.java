package io.kubrig.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
@ParameterizedClass
@EnumSource
class HttpServerTest {
  private static final TestKeys AUTHORITY = TestKeys.authority("test-ca");
  private static final TestKeys SERVER = AUTHORITY.issue("CN=kube-apiserver");
  private static final Duration LONG = Duration.ofSeconds(20);

  private static HttpServer shared;
  private static volatile Handler handler;

  private final TlsImplementation implementation;
  private HttpServer own;

  HttpServerTest(TlsImplementation implementation) {
    this.implementation = implementation;
  }

  @BeforeParameterizedClassInvocation
  static void listen(TlsImplementation implementation) throws Exception {
    shared = HttpServer.start(ServerOptions.on(anyPort()), tls(implementation, Tls.PROTOCOLS, List.of()),
        exchange -> handler.handle(exchange));
  }

  private static Tls tls(TlsImplementation implementation, List<String> protocols, List<String> suites) throws IOException {
    return Tls.of(implementation, SERVER.own(), List.of(AUTHORITY.certificate()), protocols, suites);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    shared.close();
  }

  @AfterEach
  void stopOwn() {
    if (own != null) {
      own.close();
    }
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static ServerOptions impatient() {
    Duration soon = Duration.ofMillis(300);
    return ServerOptions.on(anyPort()).withTimeouts(soon, soon, soon, soon, soon);
  }

  static HttpClient client(HttpClient.Version version, TestKeys identity) throws Exception {
    return HttpClient.newBuilder().version(version).sslContext(trusting(identity)).build();
  }

  private HttpServer plain(ServerOptions options, Handler answer) throws Exception {
    own = HttpServer.startPlain(options, answer);
    return own;
  }

  private static SSLContext trusting(TestKeys identity) throws Exception {
    KeyManagerFactory keys = null;
    if (identity != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("me", identity.pair().getPrivate(), new char[0], new java.security.cert.Certificate[] {identity.certificate()});
      keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, new char[0]);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys == null ? null : keys.getKeyManagers(), AUTHORITY.trust(), null);
    return context;
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + shared.address().getPort() + path)).timeout(LONG);
  }

  private static Headers text() {
    return Headers.of("Content-Type", "text/plain");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void answers_a_request_with_its_own_body(HttpClient.Version version) throws Exception {
    handler = exchange -> exchange.respond(201, text(), exchange.body(1 << 20));
    try (HttpClient client = client(version, null)) {
      for (int i = 0; i < 20; i++) {
        String body = "hello ".repeat(i * 1000);
        HttpResponse<String> answer =
            client.send(to("/x?a=b").POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.body()).isEqualTo(body);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void shows_method_path_query_and_headers_as_sent(HttpClient.Version version) throws Exception {
    handler =
        exchange -> {
          String seen = exchange.method() + " " + exchange.rawPath() + " " + exchange.rawQuery() + " " + exchange.headers().all("x-a");
          exchange.respond(200, text(), seen.getBytes(UTF_8));
        };
    try (HttpClient client = client(version, null)) {
      HttpRequest request = to("/a%2Fb/../c?x=%20y&z").header("X-A", "1").header("X-A", "2")
          .method("PATCH", HttpRequest.BodyPublishers.noBody()).build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("PATCH /a%2Fb/../c x=%20y&z [1, 2]");
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void streams_pieces_as_they_are_written(HttpClient.Version version) throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    handler =
        exchange -> {
          try (Exchange.ResponseStream out = exchange.stream(200, text())) {
            out.write("first\n".getBytes(UTF_8));
            assertThat(seen.await(10, TimeUnit.SECONDS)).isTrue();
            out.write("second\n".getBytes(UTF_8));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    try (HttpClient client = client(version, null)) {
      HttpResponse<InputStream> answer = client.send(to("/watch").build(), HttpResponse.BodyHandlers.ofInputStream());
      var lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8));
      assertThat(lines.readLine()).isEqualTo("first");
      seen.countDown();
      assertThat(lines.readLine()).isEqualTo("second");
      assertThat(lines.readLine()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void holds_a_writer_back_while_its_client_does_not_read(HttpClient.Version version) throws Exception {
    AtomicLong written = new AtomicLong();
    CompletableFuture<String> ended = new CompletableFuture<>();
    handler =
        exchange -> {
          byte[] piece = new byte[16 * 1024];
          exchange.onClose(() -> ended.complete("closed"));
          try (Exchange.ResponseStream out = exchange.stream(200, text())) {
            while (written.get() < 1L << 30) {
              out.write(piece);
              written.addAndGet(piece.length);
            }
          }
        };
    try (HttpClient client = client(version, null)) {
      HttpResponse<InputStream> answer = client.send(to("/slow").build(), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(answer.body().readNBytes(1 << 20)).hasSize(1 << 20);
      long before;
      do {
        before = written.get();
        new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
      } while (written.get() != before);
      assertThat(written.get()).isLessThan(64 << 20);
      answer.body().close();
      client.shutdownNow();
    }
    assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo("closed");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void tells_the_handler_when_the_client_leaves(HttpClient.Version version) throws Exception {
    CompletableFuture<Void> left = new CompletableFuture<>();
    CountDownLatch running = new CountDownLatch(1);
    handler =
        exchange -> {
          exchange.onClose(() -> left.complete(null));
          exchange.stream(200, text()).write("x".getBytes(UTF_8));
          running.countDown();
          left.join();
        };
    try (HttpClient client = client(version, null)) {
      HttpResponse<InputStream> answer = client.send(to("/w").build(), HttpResponse.BodyHandlers.ofInputStream());
      running.await();
      answer.body().close();
      client.shutdownNow();
    }
    left.get(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void refuses_a_body_beyond_the_limit(HttpClient.Version version) throws Exception {
    handler =
        exchange -> {
          try {
            exchange.body(1000);
            exchange.respond(200, text(), new byte[0]);
          } catch (ApiException e) {
            exchange.respond(e.code(), text(), e.getMessage().getBytes(UTF_8));
          }
        };
    try (HttpClient client = client(version, null)) {
      HttpRequest.BodyPublisher huge = HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100_000]));
      HttpResponse<String> answer = client.send(to("/big").POST(huge).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(413);
      assertThat(answer.body()).contains("limit is 1000");
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void answers_500_when_the_handler_fails(HttpClient.Version version) throws Exception {
    handler =
        exchange -> {
          throw new IllegalStateException("on purpose");
        };
    try (HttpClient client = client(version, null)) {
      assertThat(client.send(to("/").build(), HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(500);
    }
  }

  @Test
  void compresses_large_answers_only_for_clients_that_take_it() throws Exception {
    byte[] large = "abc".repeat(100_000).getBytes(UTF_8);
    handler = exchange -> exchange.respond(200, text(), large);
    try (HttpClient client = client(HttpClient.Version.HTTP_2, null)) {
      HttpResponse<byte[]> plain = client.send(to("/").build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(plain.body()).isEqualTo(large);
      HttpResponse<byte[]> packed = client.send(to("/").header("Accept-Encoding", "gzip").build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
      assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes()).isEqualTo(large);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void takes_client_certificates_without_judging_them(HttpClient.Version version) throws Exception {
    handler =
        exchange -> {
          String names = exchange.clientCertificates().stream().map(c -> c.getSubjectX500Principal().getName()).toList().toString();
          exchange.respond(200, text(), names.getBytes(UTF_8));
        };
    TestKeys expired = AUTHORITY.issue("CN=old", Duration.ofDays(-1));
    try (HttpClient client = client(version, expired)) {
      assertThat(client.send(to("/").build(), HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("[CN=old]");
    }
    try (HttpClient client = client(version, null)) {
      assertThat(client.send(to("/").build(), HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("[]");
    }
  }

  @Test
  void serves_many_streams_of_one_connection_at_once() throws Exception {
    CountDownLatch all = new CountDownLatch(50);
    handler =
        exchange -> {
          all.countDown();
          try {
            assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          exchange.respond(200, text(), "ok".getBytes(UTF_8));
        };
    try (HttpClient client = client(HttpClient.Version.HTTP_2, null)) {
      List<CompletableFuture<HttpResponse<String>>> answers =
          IntStream.range(0, 50)
              .mapToObj(i -> client.sendAsync(to("/" + i).build(), HttpResponse.BodyHandlers.ofString()))
              .toList();
      for (var answer : answers) {
        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("ok");
      }
    }
  }

  @Test
  void keeps_the_order_of_pipelined_requests() throws Exception {
    HttpServer server =
        plain(ServerOptions.on(anyPort()), exchange -> exchange.respond(200, text(), exchange.rawPath().getBytes(UTF_8)));
    String answers = talk(server,
        "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assertThat(answers).containsSubsequence("/a", "/b", "/c");
  }

  @Test
  void says_continue_only_when_the_body_is_wanted() throws Exception {
    HttpServer server =
        plain(
            ServerOptions.on(anyPort()),
            exchange -> {
              if (exchange.rawPath().equals("/want")) {
                exchange.body(100);
              }
              exchange.respond(200, text(), "done".getBytes(UTF_8));
            });
    String head = "POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    try (Socket socket = connect(server)) {
      socket.getOutputStream().write(head.formatted("/want").getBytes(UTF_8));
      assertThat(readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 100");
      socket.getOutputStream().write("abc".getBytes(UTF_8));
      assertThat(readUntil(socket, "done")).startsWith("HTTP/1.1 200");
    }
    String refused = talk(server, head.formatted("/unwanted"));
    assertThat(refused).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close");
  }

  @Test
  void hands_over_the_connection_after_an_upgrade() throws Exception {
    HttpServer server =
        plain(
            ServerOptions.on(anyPort()),
            exchange -> {
              assertThat(exchange.canUpgrade()).isTrue();
              try (Exchange.Duplex duplex = exchange.upgrade(Headers.of("Upgrade", "SPDY/3.1"))) {
                duplex.input().transferTo(duplex.output());
                duplex.output().write("bye".getBytes(UTF_8));
              }
            });
    try (Socket socket = connect(server)) {
      OutputStream out = socket.getOutputStream();
      out.write("POST /exec HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n".getBytes(UTF_8));
      assertThat(readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 101 Switching Protocols");
      out.write("ping".getBytes(UTF_8));
      assertThat(readUntil(socket, "ping")).isEqualTo("ping");
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).isEqualTo("bye");
    }
  }

  @Test
  void refuses_garbage_and_missing_hosts() throws Exception {
    HttpServer server = plain(ServerOptions.on(anyPort()), exchange -> exchange.respond(200, text(), new byte[0]));
    assertThat(talk(server, "GARBAGE\r\n\r\n")).startsWith("HTTP/1.1 400");
    assertThat(talk(server, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400").contains("missing required Host header");
    assertThat(talk(server, "GET / HTTP/1.1\r\nHost: h\r\nX: " + "y".repeat(2 << 20) + "\r\n\r\n")).startsWith("HTTP/1.1 431");
  }

  @Test
  void closes_connections_that_never_finish_a_request_head() throws Exception {
    HttpServer server = plain(impatient(), exchange -> exchange.respond(200, text(), new byte[0]));
    assertThat(talk(server, "GET / HTTP/1.1\r\nHost:")).isEmpty();
  }

  @Test
  void closes_connections_that_never_finish_the_handshake() throws Exception {
    own = HttpServer.start(impatient(), tls(implementation, Tls.PROTOCOLS, List.of()),
        exchange -> exchange.respond(200, text(), new byte[0]));
    try (Socket socket = connect(own)) {
      socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 100});
      assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(100);
    }
  }

  @Test
  void closes_idle_connections() throws Exception {
    HttpServer server = plain(impatient(), exchange -> exchange.respond(200, text(), "x".getBytes(UTF_8)));
    assertThat(talk(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 200");
  }

  @Test
  void gives_up_on_clients_that_do_not_take_a_large_answer() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    HttpServer server =
        plain(
            impatient(),
            exchange -> {
              try {
                exchange.respond(200, text(), new byte[64 << 20]);
                ended.complete("taken");
              } catch (IOException e) {
                ended.complete(e.getMessage());
              }
            });
    try (Socket socket = connect(server)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
      assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo("the client does not read its answer");
    }
  }

  @Test
  void ends_running_requests_before_it_goes_away() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    handler =
        exchange -> {
          running.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          exchange.respond(200, text(), "late".getBytes(UTF_8));
        };
    own = HttpServer.start(ServerOptions.on(anyPort()), tls(implementation, Tls.PROTOCOLS, List.of()), handler);
    try (HttpClient client = client(HttpClient.Version.HTTP_2, null)) {
      HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + own.address().getPort() + "/")).build();
      var answer = client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
      running.await();
      Thread shutdown = Thread.ofVirtual().start(
          () -> {
            try {
              own.shutdown(LONG);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      go.countDown();
      assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("late");
      assertThat(shutdown.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  private static Socket connect(HttpServer server) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** Sends, and reads until the server closes. */
  private static String talk(HttpServer server, String request) throws Exception {
    try (Socket socket = connect(server)) {
      try {
        socket.getOutputStream().write(request.getBytes(UTF_8));
      } catch (IOException refused) {
        // the answer is there all the same
      }
      StringBuilder all = new StringBuilder();
      byte[] buffer = new byte[8192];
      try {
        for (int n = socket.getInputStream().read(buffer); n > 0; n = socket.getInputStream().read(buffer)) {
          all.append(new String(buffer, 0, n, UTF_8));
        }
      } catch (SocketException reset) {
        // likewise
      }
      return all.toString();
    }
  }

  private static String readUntil(Socket socket, String end) throws Exception {
    StringBuilder all = new StringBuilder();
    while (!all.toString().endsWith(end)) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        break;
      }
      all.append((char) next);
    }
    return all.toString();
  }
}
