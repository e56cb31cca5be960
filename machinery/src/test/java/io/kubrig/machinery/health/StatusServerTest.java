package io.kubrig.machinery.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusServerTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private final CertificateAuthority authority = CertificateAuthority.selfSigned("test", KeyKind.EC, Clock.system());
  private final KeyAndCertificate identity = authority.issue(CertificateSpec.server("x", List.of(), List.of(LOOPBACK)), KeyKind.EC);
  private final StatusServer server = start(0);

  private StatusServer start(int port) {
    DelegatedAccess access =
        new DelegatedAccess(null, List.of(authority.certificate()), List.of("/healthz"), Duration.ofSeconds(10), Clock.system());
    StatusServer made =
        new StatusServer(new InetSocketAddress(LOOPBACK, port), identity, access)
            .health(new HealthChecks("healthz", new KubernetesRegistry(), List.of()))
            .page("/metrics", Page.metrics(() -> "x 1\n"));
    made.start();
    return made;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> get(String path, KeyManager[] keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", authority.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private KeyManager[] user(String name, String group) {
    return authority.issue(CertificateSpec.client(name, group), KeyKind.EC).keyManagers();
  }

  @Test
  void health_is_open_to_everyone() throws Exception {
    assertThat(get("/healthz", null).body()).isEqualTo("ok");
    assertThat(get("/healthz?verbose", null).body()).isEqualTo("[+]ping ok\nhealthz check passed\n");
  }

  @Test
  void other_pages_need_permission() throws Exception {
    HttpResponse<String> refused = get("/metrics", null);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/metrics\\\"");
    assertThat(get("/metrics", user("jane", "dev")).statusCode()).isEqualTo(403);
    HttpResponse<String> allowed = get("/metrics", user("admin", "system:masters"));
    assertThat(allowed.body()).isEqualTo("x 1\n");
    assertThat(allowed.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
  }

  @Test
  void a_certificate_of_a_stranger_is_answered_not_cut_off() throws Exception {
    CertificateAuthority stranger = CertificateAuthority.selfSigned("other", KeyKind.EC, Clock.system());
    KeyManager[] keys = stranger.issue(CertificateSpec.client("x", "system:masters"), KeyKind.EC).keyManagers();
    assertThat(get("/healthz", keys).statusCode()).isEqualTo(401);
  }

  @Test
  void an_unknown_path_is_not_found() throws Exception {
    assertThat(get("/nothing", user("admin", "system:masters")).statusCode()).isEqualTo(404);
  }

  @Test
  void a_port_in_use_is_said_plainly() {
    assertThatThrownBy(() -> start(server.port()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("listen tcp 127.0.0.1:" + server.port() + ": address already in use");
  }
}
