package io.kubrig.apiserver.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.server.LiveApi.Answer;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.logging.Logging;
import io.kubrig.machinery.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are no accidents, to a whole server. After each of them it serves as before. */
@Timeout(120)
class HostileRequestsTest {
  private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
  private static LiveApi api;

  @BeforeAll
  static void start() throws Exception {
    api = new LiveApi();
    api.create("/api/v1/namespaces", "{metadata: {name: other}}");
    api.create("/api/v1/namespaces/other/secrets", "{metadata: {name: s}, stringData: {password: hunter2}}");
    api.create(CONFIG_MAPS, "{metadata: {name: c}, data: {k: v}}");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private record Raw(int status, String text) {}

  private static Raw raw(String method, String path, String type, byte[] body) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(api.uri("/").resolve(path)).method(method, HttpRequest.BodyPublishers.ofByteArray(body))
        .header("Authorization", "Bearer admin").header("Content-Type", type).timeout(Duration.ofSeconds(60)).build();
    HttpResponse<String> answer = api.client().send(request, HttpResponse.BodyHandlers.ofString());
    return new Raw(answer.statusCode(), answer.body());
  }

  // ---- bodies --------------------------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/yaml", "application/vnd.kubernetes.protobuf"})
  void bodies_beyond_three_mebibytes_are_refused(String type) throws Exception {
    byte[] body = ("{\"metadata\":{\"name\":\"big\"},\"data\":{\"a\":\"" + "x".repeat(3 << 20) + "\"}}").getBytes(UTF_8);
    Raw answer = raw("POST", CONFIG_MAPS, type, body);
    assertThat(answer.status).isEqualTo(413);
    assertThat(Json.readTree(answer.text).string("message")).isEqualTo("Request entity too large: limit is 3145728");
    assertThat(Json.readTree(answer.text).string("reason")).isEqualTo("RequestEntityTooLarge");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
      "application/apply-patch+yaml"})
  void patches_beyond_three_mebibytes_are_refused(String type) throws Exception {
    Raw answer = raw("PATCH", CONFIG_MAPS + "/c?fieldManager=m", type, " ".repeat((3 << 20) + 1).getBytes(UTF_8));
    assertThat(answer.status).isEqualTo(413);
  }

  @Test
  void nesting_is_an_error_of_the_client() throws Exception {
    byte[] json = ("{\"metadata\":{\"name\":\"deep\"},\"data\":" + "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000) + "}")
        .getBytes(UTF_8);
    assertThat(raw("POST", CONFIG_MAPS, "application/json", json)).satisfies(answer -> {
      assertThat(answer.status).isEqualTo(400);
      assertThat(answer.text).contains("exceeded max depth");
    });
    byte[] yaml = ("a: " + "[".repeat(500_000)).getBytes(UTF_8);
    assertThat(raw("POST", CONFIG_MAPS, "application/yaml", yaml).status).isEqualTo(400);
    for (String type : List.of("application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml")) {
      assertThat(raw("PATCH", CONFIG_MAPS + "/c?fieldManager=m", type, json).status).as(type).isEqualTo(400);
    }
  }

  @Test
  void aliases_that_explode_are_an_error_of_the_client() throws Exception {
    String laughs = IntStream.range(1, 40)
        .mapToObj(i -> "a%d: &a%d [%s]\n".formatted(i, i, String.join(",", Collections.nCopies(9, "*a" + (i - 1)))))
        .collect(Collectors.joining("", "a0: &a0 [x]\n", ""));
    assertThat(raw("POST", CONFIG_MAPS, "application/yaml", laughs.getBytes(UTF_8)).status).isEqualTo(400);
    Raw applied = raw("PATCH", CONFIG_MAPS + "/c?fieldManager=m", "application/apply-patch+yaml", laughs.getBytes(UTF_8));
    assertThat(applied.status).isEqualTo(400);
    assertThat(applied.text).contains("excessive aliasing");
  }

  @Test
  void ten_thousand_and_one_operations_are_too_many() throws Exception {
    String operations = IntStream.range(0, 10_001).mapToObj(i -> "{\"op\":\"add\",\"path\":\"/data/k\",\"value\":\"v\"}")
        .collect(Collectors.joining(",", "[", "]"));
    Raw answer = raw("PATCH", CONFIG_MAPS + "/c", "application/json-patch+json", operations.getBytes(UTF_8));
    assertThat(answer.status).isEqualTo(413);
    assertThat(answer.text).contains("The allowed maximum operations in a JSON patch is 10000, got 10001");
  }

  @Test
  void a_small_message_of_many_empty_parts_is_refused() throws Exception {
    ByteArrayOutputStream spec = new ByteArrayOutputStream();
    for (int i = 0; i < 1_000_000; i++) {
      spec.write(2 << 3 | 2); // containers
      spec.write(0);
    }
    ByteArrayOutputStream pod = new ByteArrayOutputStream();
    field(pod, 2, spec.toByteArray());
    ByteArrayOutputStream unknown = new ByteArrayOutputStream();
    field(unknown, 1, new byte[] {10, 2, 'v', '1', 18, 3, 'P', 'o', 'd'});
    field(unknown, 2, pod.toByteArray());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {'k', '8', 's', 0});
    body.writeBytes(unknown.toByteArray());
    Raw answer = raw("POST", "/api/v1/namespaces/default/pods", "application/vnd.kubernetes.protobuf", body.toByteArray());
    assertThat(answer.status).isEqualTo(400);
    assertThat(answer.text).contains("values");
  }

  private static void field(ByteArrayOutputStream out, int number, byte[] content) {
    out.write(number << 3 | 2);
    int rest = content.length;
    for (; rest >= 128; rest >>>= 7) {
      out.write(rest & 127 | 128);
    }
    out.write(rest);
    out.writeBytes(content);
  }

  // ---- names ---------------------------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"/../../other/secrets/s", "/%2e%2e/%2e%2e/other/secrets/s", "/..%2f..%2fother%2fsecrets%2fs",
      "/c/../../../other/secrets/s",
      "/c%00", "/%00", "/c%2f..%2fc", "/%c0%ae%c0%ae/x", "/.", "/..", "/%2e", "/c%ff", "/c;a=b", "//other/secrets/s", "/c%5c..%5cx"})
  void a_name_leads_nowhere_else(String name) throws Exception {
    for (String method : List.of("GET", "PUT", "DELETE", "PATCH")) {
      String answer = request(method + " " + CONFIG_MAPS + name
          + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer admin\r\nConnection: close\r\n"
          + "Content-Type: application/" + (method.equals("PATCH") ? "merge-patch+json" : "json") + "\r\nContent-Length: 2\r\n\r\n{}");
      assertThat(answer).as(method).doesNotContain("hunter2").doesNotContain("caused apiserver to panic");
      assertThat(answer).as(method).matches("(?s)HTTP/1.1 4\\d\\d .*");
    }
    assertThat(api.get("/api/v1/namespaces/other/secrets/s").status()).isEqualTo(200);
    assertThat(api.get(CONFIG_MAPS + "/c").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "a/b", "a%b", "../../other/secrets/s", "a\\u0000b", "\\u00e4", "\\ud83d\\ude00", "a b", "A"})
  void an_object_cannot_have_such_a_name(String name) throws Exception {
    Raw answer = raw("POST", CONFIG_MAPS, "application/json", ("{\"metadata\":{\"name\":\"" + name + "\"}}").getBytes(UTF_8));
    assertThat(answer.status).isEqualTo(422);
    Raw generated = raw("POST", CONFIG_MAPS, "application/json", ("{\"metadata\":{\"generateName\":\"" + name + "/\"}}").getBytes(UTF_8));
    assertThat(generated.status).isEqualTo(422);
    Raw namespace = raw("POST", CONFIG_MAPS, "application/json",
        ("{\"metadata\":{\"name\":\"x\",\"namespace\":\"" + name + "\"}}").getBytes(UTF_8));
    assertThat(namespace.status).isEqualTo(400);
  }

  // ---- secrets -------------------------------------------------------------------------------------------------------

  @Test
  void tokens_are_in_no_answer_no_audit_event_and_no_log() throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    String known = "admin";
    String secret = "s3cr3t-t0ken-of-nobody";
    String hidden = "base64url.bearer.authorization.k8s.io." + Base64.getUrlEncoder().withoutPadding()
        .encodeToString(secret.getBytes(UTF_8));
    Logging.redirect(log);
    try {
      assertThat(api.get(CONFIG_MAPS, "Authorization", "Bearer " + secret).text()).doesNotContain(secret);
      assertThat(api.get(CONFIG_MAPS, "Authorization", "Basic " + secret).text()).doesNotContain(secret);
      String answer = request("GET " + CONFIG_MAPS + "?watch=1 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " + hidden
              + ", binary.k8s.io\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 401").doesNotContain(secret);
      Answer review = api.post("/apis/authentication.k8s.io/v1/tokenreviews", "{spec: {token: " + secret + "}}");
      assertThat(review.status()).isEqualTo(201);
    } finally {
      Logging.redirect(new FileOutputStream(FileDescriptor.err));
    }
    String events = api.audited().stream().filter(event -> !event.tree("objectRef").string("resource").equals("tokenreviews"))
        .map(Json::text).collect(Collectors.joining("\n"));
    String encoded = hidden.substring(hidden.lastIndexOf('.') + 1);
    assertThat(events).doesNotContain(secret).doesNotContain(encoded).doesNotContain("Bearer " + known);
    assertThat(log.toString(UTF_8)).contains("Unable to authenticate").doesNotContain(secret).doesNotContain(encoded);
  }

  // ---- watches -------------------------------------------------------------------------------------------------------

  private static Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", api.uri("/").getPort());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static String request(String text) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
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

  @Test
  void watchers_that_never_read_hold_up_neither_writers_nor_other_watchers() throws Exception {
    Tree watched = api.create(CONFIG_MAPS, "{metadata: {name: busy}}");
    String from = watched.tree("metadata").string("resourceVersion");
    List<Socket> idle = IntStream.range(0, 20).mapToObj(i -> watching(from, 4096)).toList();
    AtomicLong seen = new AtomicLong();
    try (Socket attentive = watching(from, 1 << 20)) {
      Thread reader = Thread.ofVirtual().start(() -> count(attentive, seen));
      long begun = System.nanoTime();
      int writes = 200;
      String padding = "x".repeat(20_000);
      for (int i = 0; i < writes; i++) {
        assertThat(api.send("PATCH", CONFIG_MAPS + "/busy", "{data: {i: '" + i + padding + "'}}").status()).isEqualTo(200);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
      api.until(() -> seen.get() >= writes);
      attentive.close();
      reader.join();
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  private static Socket watching(String from, int receiveBuffer) {
    try {
      Socket socket = connect();
      socket.setReceiveBufferSize(receiveBuffer);
      socket.getOutputStream().write(("GET " + CONFIG_MAPS + "?watch=1&resourceVersion=" + from
          + "&fieldSelector=metadata.name%3Dbusy HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer admin\r\n\r\n").getBytes(UTF_8));
      return socket;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void count(Socket socket, AtomicLong seen) {
    byte[] mark = "\"MODIFIED\"".getBytes(UTF_8);
    int matched = 0;
    byte[] buffer = new byte[64 * 1024];
    try {
      for (int n = socket.getInputStream().read(buffer); n >= 0; n = socket.getInputStream().read(buffer)) {
        for (int i = 0; i < n; i++) {
          matched = buffer[i] == mark[matched] ? matched + 1 : buffer[i] == mark[0] ? 1 : 0;
          if (matched == mark.length) {
            seen.incrementAndGet();
            matched = 0;
          }
        }
      }
    } catch (IOException closed) {
      // by the test
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "8101", // not masked
      "82ff7fffffffffffffff00000000", // a frame of 2^63 - 1 bytes
      "82fe400000000000", // more than a watch listens to
      "c18000000000", // a reserved bit
      "838000000000", // an unknown opcode
      "098000000000", // a fragmented ping
      "89fe100000000000", // a long ping
      "808000000000", // a continuation of nothing
      "018000000000018000000000" // a message within a message
  })
  void a_websocket_that_breaks_the_rules_is_closed(String frames) throws Exception {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(("GET " + CONFIG_MAPS + "?watch=1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer admin\r\nConnection: Upgrade\r\n"
          + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").getBytes(UTF_8));
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        head.append((char) socket.getInputStream().read());
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 101");
      out.write(HexFormat.of().parseHex(frames));
      readAll(socket.getInputStream()); // up to the end of the connection
    }
    assertThat(api.get("/healthz").status()).isEqualTo(200);
  }
}
