package io.kubrig.apiserver.webhook;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/** A real HTTPS server that answers reviews as a test says, and remembers them. */
public final class FakeHook implements AutoCloseable {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.selfSigned("hooks", KeyKind.EC, Clock.system());

  private final HttpsServer server;
  private final List<Tree> reviews = new CopyOnWriteArrayList<>();
  private final List<String> uris = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private volatile Function<Tree, Object> answer;
  private volatile int status = 200;
  private volatile String location = "";

  /** @param answer of a review; a text is answered as it stands */
  public FakeHook(Function<Tree, Object> answer) throws Exception {
    this(AUTHORITY, answer);
  }

  public FakeHook(CertificateAuthority authority, Function<Tree, Object> answer) throws Exception {
    this.answer = answer;
    CertificateSpec spec =
        CertificateSpec.server("hook", List.of("localhost", "hook.default.svc"), List.of(InetAddress.getByName("127.0.0.1")));
    KeyAndCertificate identity = authority.issue(spec, KeyKind.EC);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(identity.keyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
    try (exchange) {
      Tree review = Json.readTree(exchange.getRequestBody().readAllBytes());
      reviews.add(review);
      uris.add(exchange.getRequestURI().toString());
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      Object reply = answer.apply(review);
      byte[] body = reply instanceof Tree tree ? Json.write(tree) : String.valueOf(reply).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", reply instanceof Tree ? "application/json" : "text/plain");
      if (!location.isEmpty()) {
        exchange.getResponseHeaders().set("Location", location);
      }
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  public FakeHook answer(Function<Tree, Object> other) {
    answer = other;
    return this;
  }

  public FakeHook status(int code) {
    status = code;
    return this;
  }

  /** Sends everybody elsewhere. */
  public FakeHook redirect(int code, String to) {
    location = to;
    return status(code);
  }

  /** An AdmissionReview with a response to this one, to which members are added. */
  public static Tree response(Tree review, Object... members) {
    Tree response = Tree.of("uid", review.tree("request").string("uid"));
    Tree.of(members).forEach(response::set);
    return Tree.of("kind", "AdmissionReview", "apiVersion", review.string("apiVersion"), "response", response);
  }

  /** An agreement with a JSON patch. */
  public static Tree patched(Tree review, String patch) {
    String encoded = Base64.getEncoder().encodeToString(patch.getBytes(StandardCharsets.UTF_8));
    return response(review, "allowed", true, "patchType", "JSONPatch", "patch", encoded);
  }

  public List<Tree> reviews() {
    return reviews;
  }

  /** Who asked, as the header says; "null" where it says nothing. */
  public List<String> authorizations() {
    return authorizations;
  }

  /** Paths and queries, as they came. */
  public List<String> uris() {
    return uris;
  }

  public InetSocketAddress address() {
    return InetSocketAddress.createUnresolved("127.0.0.1", server.getAddress().getPort());
  }

  public String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  /** In the form of {@code caBundle}. */
  public static String caBundle() {
    return caBundle(AUTHORITY);
  }

  public static String caBundle(CertificateAuthority authority) {
    return Base64.getEncoder().encodeToString(PemFiles.text(List.of(authority.certificate())).getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
