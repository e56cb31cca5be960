package io.kubrig.machinery.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.TrustAnyone;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients of kubeconfigs against a server that tells whose certificate it was shown. */
@ParameterizedClass
@EnumSource
class ClientTlsTest {
  private final TlsImplementation implementation;
  private final CertificateAuthority authority = CertificateAuthority.selfSigned("right", KeyKind.EC, Clock.system());
  private final BlockingQueue<String> users = new LinkedBlockingQueue<>();

  @TempDir private Path directory;
  private HttpsServer server;

  ClientTlsTest(TlsImplementation implementation) {
    this.implementation = implementation;
  }

  @BeforeEach
  void choose() throws Exception {
    System.setProperty(TlsImplementation.PROPERTY, implementation == TlsImplementation.JDK ? "jdk" : "");
    listen("127.0.0.1");
  }

  @AfterEach
  void stop() {
    System.clearProperty(TlsImplementation.PROPERTY);
    server.stop(0);
  }

  private void listen(String named) throws Exception {
    if (server != null) {
      server.stop(0);
    }
    KeyAndCertificate own = authority.issue(CertificateSpec.server("s", List.of(), List.of(InetAddress.ofLiteral(named))), KeyKind.EC);
    // which would let clients resume a session, and with it the certificate of before
    SSLContext context = TlsImplementation.JDK.context(own.keyManagers(), new TrustManager[] {new TrustAnyone()});
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.setHttpsConfigurator(new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters wanted = context.getDefaultSSLParameters();
        wanted.setWantClientAuth(true);
        parameters.setSSLParameters(wanted);
      }
    });
    server.createContext("/version", exchange -> {
      users.add(user((HttpsExchange) exchange));
      byte[] body = "{\"major\":\"1\",\"minor\":\"36\"}".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }

  private static String user(HttpsExchange exchange) {
    try {
      return exchange.getSSLSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "nobody";
    }
  }

  private static String data(String pem) {
    return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }

  private KubernetesClient client(String cluster, String user) throws IOException {
    Path file = directory.resolve("kubeconfig");
    Files.writeString(file, """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", %s}}]
        users: [{name: u, user: {%s}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """.formatted(server.getAddress().getPort(), cluster, user));
    return new KubeconfigClients().open(ClientSettings.of("test", file.toString()));
  }

  private String trusting(CertificateAuthority known) {
    return "certificate-authority-data: " + data(PemFiles.text(List.of(known.certificate())));
  }

  private static String showing(KeyAndCertificate user) {
    return "client-certificate-data: " + data(PemFiles.text(user.chain())) + ", client-key-data: " + data(PemFiles.text(user.key()));
  }

  @Test
  void shows_the_certificate_of_the_kubeconfig() throws Exception {
    KeyAndCertificate user = authority.issue(CertificateSpec.client("jane", "group"), KeyKind.RSA);
    try (KubernetesClient client = client(trusting(authority), showing(user))) {
      client.getKubernetesVersion();
    }
    assertThat(users.take()).isEqualTo("CN=jane,O=group");
  }

  @Test
  void shows_what_is_in_the_files_now() throws Exception {
    Path pem = directory.resolve("client.pem");
    long written = 0;
    try (KubernetesClient client = clientOf(pem, "before", ++written)) {
      client.getKubernetesVersion();
      assertThat(users.take()).isEqualTo("CN=before");
      write(pem, "after", ++written);
      client.getKubernetesVersion();
      assertThat(users.take()).isEqualTo("CN=after");
    }
  }

  private KubernetesClient clientOf(Path pem, String name, long written) throws IOException {
    write(pem, name, written);
    return client(trusting(authority), "client-certificate: \"" + pem + "\", client-key: \"" + pem + "\"");
  }

  private void write(Path pem, String name, long written) throws IOException {
    KeyAndCertificate user = authority.issue(CertificateSpec.client(name), KeyKind.EC);
    PemFiles.write(pem, PemFiles.text(user.chain()) + PemFiles.text(user.key()));
    Files.setLastModifiedTime(pem, FileTime.fromMillis(1_000_000L * written));
  }

  private void isRefused(String cluster) throws IOException {
    try (KubernetesClient client = client(cluster, "token: x")) {
      client.getConfiguration().setRequestRetryBackoffLimit(0);
      assertThatThrownBy(client::getKubernetesVersion).isInstanceOf(KubernetesClientException.class);
    }
    assertThat(users).isEmpty();
  }

  @Test
  void refuses_servers_of_another_authority() throws Exception {
    isRefused(trusting(CertificateAuthority.selfSigned("wrong", KeyKind.EC, Clock.system())));
  }

  @Test
  void refuses_servers_of_another_name_unless_told_not_to_look() throws Exception {
    listen("127.0.0.2");
    isRefused(trusting(authority));
    try (KubernetesClient client = client("insecure-skip-tls-verify: true", "token: x")) {
      client.getKubernetesVersion();
    }
    assertThat(users.take()).isEqualTo("nobody");
  }
}
