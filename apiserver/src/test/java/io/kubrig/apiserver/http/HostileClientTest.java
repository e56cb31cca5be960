package io.kubrig.apiserver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One client misbehaves; the others are served all the while. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class HostileClientTest {
  private static final TestKeys SERVER = TestKeys.authority("test-ca").issue("CN=kube-apiserver");
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final int STREAMS = 20;

  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final CompletableFuture<String> ended = new CompletableFuture<>();

  private final Tls tls;
  private HttpServer secure;
  private HttpServer plain;

  HostileClientTest(TlsImplementation implementation) throws IOException {
    this.tls = Tls.of(implementation, SERVER.own(), List.of(), Tls.PROTOCOLS, List.of());
  }

  @BeforeEach
  void listen() throws Exception {
    listen(ServerOptions.on(anyPort()).withMaxStreams(STREAMS));
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private void listen(ServerOptions options) throws Exception {
    secure = HttpServer.start(options, tls, this::handle);
    plain = HttpServer.startPlain(options, this::handle);
  }

  /** Servers with deadlines that a test can wait for, in place of those with the native ones. */
  private void losePatience() throws Exception {
    secure.close();
    plain.close();
    listen(ServerOptions.on(anyPort()).withMaxStreams(STREAMS).withTimeouts(SOON.multipliedBy(2), SOON, SOON, SOON, SOON));
  }

  @AfterEach
  void stop() {
    release.countDown();
    secure.close();
    plain.close();
  }

  private void handle(Exchange exchange) throws IOException {
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      switch (exchange.rawPath()) {
        case "/wait" -> release.await();
        case "/body" -> exchange.body(1000);
        case "/endless" -> endless(exchange);
        default -> { }
      }
      Headers headers = Headers.of("Content-Type", "text/plain");
      if (exchange.rawPath().equals("/last")) {
        headers.add("Connection", "close");
      }
      exchange.respond(200, headers, (exchange.rawPath() + " served").getBytes(UTF_8));
    } catch (ApiException e) {
      exchange.respond(e.code(), Headers.of("Content-Type", "text/plain"), e.getMessage().getBytes(UTF_8));
    } catch (InterruptedException e) {
      throw new IOException(e);
    } finally {
      running.decrementAndGet();
    }
  }

  private void endless(Exchange exchange) throws IOException {
    byte[] piece = new byte[16 * 1024];
    try (Exchange.ResponseStream out = exchange.stream(200, Headers.of("Content-Type", "text/plain"))) {
      while (true) {
        out.write(piece, 0, piece.length, SOON);
      }
    } catch (IOException e) {
      ended.complete(e.getMessage());
      throw e;
    }
  }

  /** A well-behaved client asks and is answered. */
  private void othersAreServed() throws Exception {
    assertThat(talk("GET /others HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")).endsWith("/others served");
    try (RawHttp2 other = new RawHttp2(secure.address())) {
      other.send(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1, RawHttp2.get("/others"));
      assertThat(new String(other.await(RawHttp2.DATA).orElseThrow().payload(), UTF_8)).isEqualTo("/others served");
    }
  }

  private Socket connect(HttpServer server) throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends, and reads until the server closes; a reset counts as closed. */
  private String talk(HttpServer server, byte[] request) throws IOException {
    try (Socket socket = connect(server)) {
      socket.getOutputStream().write(request);
      return readAll(socket.getInputStream());
    }
  }

  private static String readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      in.transferTo(all);
    } catch (SocketException reset) {
      // closed all the same
    }
    return all.toString(UTF_8);
  }

  private String talk(String request) throws IOException {
    return talk(plain, request.getBytes(ISO_8859_1));
  }

  @Test
  void a_head_that_comes_in_drops_has_no_more_time_than_another() throws Exception {
    losePatience();
    try (Socket socket = connect(plain)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(UTF_8));
      Thread drops = Thread.ofVirtual().start(() -> {
        try {
          for (int i = 0; !Thread.interrupted(); i++) {
            socket.getOutputStream().write(("X-" + i + ": y\r\n").getBytes(UTF_8));
            new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
          }
        } catch (IOException | InterruptedException over) {
          // the server has had enough
        }
      });
      othersAreServed();
      assertThat(readAll(socket.getInputStream())).isEmpty();
      drops.interrupt();
    }
  }

  @Test
  void a_body_that_does_not_come_is_not_waited_for() throws Exception {
    losePatience();
    String answer = talk("POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    assertThat(answer).startsWith("HTTP/1.1 504").contains("request did not complete within the allotted timeout");
    othersAreServed();
  }

  @Test
  void a_reader_who_stops_is_cut_off() throws Exception {
    try (Socket socket = connect(plain)) {
      socket.getOutputStream().write("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
      othersAreServed();
      assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo("the client does not read its answer");
    }
  }

  @Test
  void a_stream_whose_window_stays_closed_is_cut_off() throws Exception {
    try (RawHttp2 client = new RawHttp2(secure.address())) {
      client.send(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}); // INITIAL_WINDOW_SIZE 0
      client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1, RawHttp2.get("/endless"));
      othersAreServed();
      assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo("the client does not read its answer");
      assertThat(client.await(RawHttp2.RST_STREAM)).isPresent();
    }
  }

  @Test
  void handshakes_that_stay_half_open_hinder_nobody_and_end() throws Exception {
    losePatience();
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = connect(secure);
        socket.getOutputStream().write(i % 2 == 0 ? new byte[0] : new byte[] {22, 3, 1, 2, 0, 1});
        open.add(socket);
      }
      othersAreServed();
      for (Socket socket : open) {
        assertThat(readAll(socket.getInputStream())).hasSizeLessThan(100);
      }
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void connections_without_requests_end() throws Exception {
    losePatience();
    try (RawHttp2 client = new RawHttp2(secure.address()); Socket socket = connect(plain)) {
      assertThat(client.await(RawHttp2.GOAWAY)).isPresent();
      assertThat(readAll(socket.getInputStream())).isEmpty();
    }
  }

  /** CVE-2023-44487. */
  @Test
  void streams_that_are_reset_as_they_are_opened_cost_their_client_the_connection() throws Exception {
    try (RawHttp2 client = new RawHttp2(secure.address())) {
      int sent = 0;
      try {
        for (; sent < 5_000; sent++) {
          int stream = 2 * sent + 1;
          ByteArrayOutputStream both = new ByteArrayOutputStream();
          both.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, stream, RawHttp2.get("/wait")));
          both.writeBytes(RawHttp2.frame(RawHttp2.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
          client.send(both.toByteArray());
        }
      } catch (IOException closed) {
        // by the server
      }
      othersAreServed();
      assertThat(most.get()).as("handlers at once").isLessThanOrEqualTo(STREAMS + 2);
      assertThat(ends(client)).as("the connection after %d pairs", sent).isTrue();
    }
  }

  /** CVE-2024-27316. */
  @Test
  void a_head_without_end_costs_its_client_the_connection() throws Exception {
    try (RawHttp2 client = new RawHttp2(secure.address())) {
      client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.get("/"));
      assertThat(floods(client, RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, RawHttp2.block("x-y", "z".repeat(8_000))), 10_000)).isTrue();
    }
    try (RawHttp2 client = new RawHttp2(secure.address())) {
      client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.get("/"));
      assertThat(floods(client, RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0]), 100_000)).isTrue();
    }
    othersAreServed();
  }

  @Test
  void empty_data_without_end_costs_its_client_the_connection() throws Exception {
    try (RawHttp2 client = new RawHttp2(secure.address())) {
      client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1,
          RawHttp2.block(":method", "POST", ":scheme", "https", ":authority", "localhost", ":path", "/wait"));
      assertThat(floods(client, RawHttp2.frame(RawHttp2.DATA, 0, 1, new byte[0]), 100_000)).isTrue();
    }
    othersAreServed();
  }

  @Test
  void a_client_that_pings_and_never_reads_is_not_answered_without_bound() throws Exception {
    for (byte[] frame : List.of(RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]), RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]))) {
      try (RawHttp2 client = new RawHttp2(secure.address())) {
        assertThat(floods(client, frame, 2_000_000)).isTrue();
      }
      othersAreServed();
    }
  }

  /** Sends a frame over and over in a thread of its own; answers whether the server ended the connection or stopped reading. */
  private static boolean floods(RawHttp2 client, byte[] frame, int times) throws Exception {
    byte[] many = new byte[frame.length * Math.max(1, 16_384 / frame.length)];
    for (int at = 0; at < many.length; at += frame.length) {
      System.arraycopy(frame, 0, many, at, frame.length);
    }
    CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    Thread sender = Thread.ofVirtual().start(() -> {
      try {
        for (int sent = 0; sent < times; sent += many.length / frame.length) {
          client.send(many);
        }
        outcome.complete(false);
      } catch (IOException closed) {
        outcome.complete(true);
      }
    });
    if (!sender.join(Duration.ofSeconds(2)) || outcome.get()) {
      return true;
    }
    return ends(client);
  }

  /** Reads up to the end, or to the word of it: what was sent behind that is in the sockets' buffers. */
  private static boolean ends(RawHttp2 client) throws IOException {
    client.await(RawHttp2.GOAWAY);
    return true;
  }

  @Test
  void pipelined_requests_that_nobody_reads_the_answers_of_are_bounded() throws Exception {
    try (Socket socket = connect(plain)) {
      byte[] many = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1000).getBytes(UTF_8);
      CountDownLatch stuck = new CountDownLatch(1);
      Thread sender = Thread.ofVirtual().start(() -> {
        try {
          while (true) {
            socket.getOutputStream().write(many);
          }
        } catch (IOException over) {
          stuck.countDown();
        }
      });
      othersAreServed();
      assertThat(most.get()).isLessThanOrEqualTo(4);
      socket.close();
      assertThat(sender.join(LONG)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "Content-Length: 3,Content-Length: 5 | 400",
      "Content-Length: +3 | 400",
      "Content-Length: 3 4 | 400",
      "Content-Length: -1 | 400",
      "Content-Length: 0x3 | 400",
      "Transfer-Encoding: xchunked | 400",
      "Transfer-Encoding: chunked, identity | 400",
      "Transfer-Encoding: gzip, chunked | 501",
      "Transfer-Encoding: identity,Content-Length: 3 | 400",
      "Transfer-Encoding: chunked,Transfer-Encoding: identity | 400",
      "Content-Length: 40,Transfer-Encoding: chunked | 400",
      "Transfer-Encoding : chunked | 400",
      "Host: other | 400",
      "Host : other | 400",
      "Broken | 400"
  })
  void a_request_that_others_may_read_differently_is_refused_and_nothing_after_it_is_read(String fields, int status) throws Exception {
    String lines = String.join("\r\n", fields.split(",(?=[A-Z])"));
    String answer = talk("POST /body HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 " + status).containsIgnoringCase("connection: close").doesNotContain("/smuggled served");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /a b HTTP/1.1", "GET /\u0001 HTTP/1.1", "G@T / HTTP/1.1", "GET / HTTP/1.1 x", "GET / HTTQ/1.1",
      "GET  HTTP/1.1"})
  void a_request_line_that_is_none_is_refused(String line) throws Exception {
    assertThat(talk(line + "\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 400");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a b", "/a HTTP/1.1\r\nX-Remote-User: admin\r\n\r\n", "/\u0000", "", "/\n"})
  void a_path_that_would_be_two_requests_elsewhere_is_refused(String path) throws Exception {
    try (RawHttp2 client = new RawHttp2(secure.address())) {
      client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1, RawHttp2.get(path));
      assertThat(refusal(client)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"x-a,'b\r\nX-Remote-User: admin'", "'x a',b", "'x:a',b", "X-Upper,b", "transfer-encoding,chunked", "connection,close"})
  void a_field_that_would_be_two_elsewhere_is_refused(String name, String value) throws Exception {
    try (RawHttp2 client = new RawHttp2(secure.address())) {
      String real = value.replace("\\r", "\r").replace("\\n", "\n");
      client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1,
          RawHttp2.block(":method", "GET", ":scheme", "https", ":authority", "localhost", ":path", "/x", name, real));
      assertThat(refusal(client)).isTrue();
    }
  }

  @Test
  void a_method_that_would_be_a_request_elsewhere_is_refused() throws Exception {
    try (RawHttp2 client = new RawHttp2(secure.address())) {
      client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1,
          RawHttp2.block(":method", "GET /x HTTP/1.1\r\nA: b\r\n\r\nGET", ":scheme", "https", ":authority", "localhost", ":path", "/x"));
      assertThat(refusal(client)).isTrue();
    }
  }

  /** Whether a stream is reset or the connection ended, and no answer given. */
  private static boolean refusal(RawHttp2 client) throws IOException {
    for (var frame = client.receive(); frame.isPresent(); frame = client.receive()) {
      if (frame.get().type() == RawHttp2.DATA) {
        return false;
      }
      if (frame.get().type() == RawHttp2.HEADERS) {
        return frame.get().payload()[0] == (byte) 0x8c; // :status 400
      }
      if (frame.get().type() == RawHttp2.RST_STREAM || frame.get().type() == RawHttp2.GOAWAY) {
        return true;
      }
    }
    return true;
  }

  @Test
  void heads_and_targets_are_bounded() throws Exception {
    assertThat(talk("GET /" + "x".repeat(2 << 20) + " HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 431");
    assertThat(talk("GET / HTTP/1.1\r\nHost: h\r\n" + ("X: " + "y".repeat(1000) + "\r\n").repeat(2000) + "\r\n"))
        .startsWith("HTTP/1.1 431");
    othersAreServed();
  }

  @Test
  void a_refused_body_does_not_cost_the_client_its_answer() throws Exception {
    for (int i = 0; i < 5; i++) {
      String answer = talk("POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n" + "x".repeat(3_000_000));
      assertThat(answer).startsWith("HTTP/1.1 413").contains("limit is 1000");
    }
  }

  /** A client that is not told so sends its next request on a connection that is about to be closed, and gets nothing for it. */
  @ParameterizedTest
  @CsvSource({"'Content-Length: 400000', true", "'Transfer-Encoding: chunked', true", "'Content-Length: 200000', false"})
  void who_is_answered_before_the_body_has_come_is_told_whether_the_connection_goes_on(String length, boolean closes) throws Exception {
    try (Socket socket = connect(plain)) {
      socket.getOutputStream().write(("POST /at-once HTTP/1.1\r\nHost: h\r\n" + length + "\r\n\r\n").getBytes(ISO_8859_1));
      StringBuilder answer = new StringBuilder();
      while (!answer.toString().endsWith("served")) {
        answer.append((char) socket.getInputStream().read());
      }
      assertThat(answer.toString().toLowerCase(Locale.ROOT).contains("connection: close")).isEqualTo(closes);
      if (!closes) {
        String rest = "x".repeat(200_000) + "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(rest.getBytes(ISO_8859_1));
        assertThat(readAll(socket.getInputStream())).endsWith("/next served");
      }
    }
  }

  @Test
  void clients_whose_bodies_are_refused_one_after_another_are_all_answered() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      URI uri = URI.create("http://127.0.0.1:" + plain.address().getPort() + "/body");
      for (int i = 0; i < 50; i++) {
        HttpRequest request = HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(new byte[600_000])).build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(413);
      }
    }
  }

  @Test
  void a_stream_that_crosses_the_end_of_its_connection_does_not_cost_the_answer_before() throws Exception {
    try (RawHttp2 client = new RawHttp2(secure.address())) {
      client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1, RawHttp2.get("/last"));
      assertThat(client.await(RawHttp2.GOAWAY)).isPresent();
      client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 3, RawHttp2.get("/late"));
      client.send(RawHttp2.PING, 0, 0, new byte[8]);
      assertThat(client.await(RawHttp2.PING)).as("the connection is still read").isPresent();
      assertThat(client.receive()).as("it ends in order, and /late is not answered").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void a_handler_that_fails_with_an_error_answers_all_the_same(HttpClient.Version version) throws Exception {
    ServerOptions options = ServerOptions.on(anyPort());
    try (HttpServer failing = version == HttpClient.Version.HTTP_2 ? HttpServer.start(options, tls, HostileClientTest::explode)
        : HttpServer.startPlain(options, HostileClientTest::explode)) {
      if (version == HttpClient.Version.HTTP_2) {
        try (RawHttp2 client = new RawHttp2(failing.address())) {
          client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1, RawHttp2.get("/"));
          assertThat(new String(client.await(RawHttp2.DATA).orElseThrow().payload(), UTF_8)).contains("caused apiserver to panic");
        }
      } else {
        assertThat(talk(failing, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".getBytes(UTF_8))).startsWith("HTTP/1.1 500");
      }
    }
  }

  private static void explode(Exchange exchange) {
    throw new AssertionError("on purpose");
  }
}
