package io.kubrig.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.pki.TrustAnyone;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is agreed upon when a connection begins. */
@Timeout(30)
@ParameterizedClass
@EnumSource
class HandshakeTest {
  private static final TestKeys AUTHORITY = TestKeys.authority("test-ca");
  private static final TestKeys SERVER = AUTHORITY.issue("CN=kube-apiserver");
  private static final Handler EMPTY = exchange -> exchange.respond(200, Headers.of("Content-Type", "text/plain"), new byte[0]);

  private final TlsImplementation implementation;
  private HttpServer own;

  HandshakeTest(TlsImplementation implementation) {
    this.implementation = implementation;
  }

  @AfterEach
  void stop() {
    if (own != null) {
      own.close();
    }
  }

  private void listen(List<String> protocols, List<String> suites) throws Exception {
    own = HttpServer.start(ServerOptions.on(anyPort()),
        Tls.of(implementation, SERVER.own(), List.of(AUTHORITY.certificate()), protocols, suites), EMPTY);
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static SSLContext trusting() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, AUTHORITY.trust(), null);
    return context;
  }

  private String suiteFor(String protocol) throws Exception {
    SSLParameters spoken = new SSLParameters(null, new String[] {protocol});
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
        .sslContext(trusting()).sslParameters(spoken).build()) {
      int port = own.address().getPort();
      HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/")).build();
      SSLSession session = client.send(request, HttpResponse.BodyHandlers.ofString()).sslSession().orElseThrow();
      assertThat(session.getProtocol()).isEqualTo(protocol);
      return session.getCipherSuite();
    }
  }

  @Test
  void prefers_the_shorter_key_as_native_does() throws Exception {
    listen(Tls.PROTOCOLS, List.of());
    assertThat(suiteFor("TLSv1.2")).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    // BoringSSL has no preference between the two of TLS 1.3 and takes what the client names first
    String strong = implementation == TlsImplementation.JDK ? "TLS_AES_128_GCM_SHA256" : "TLS_AES_256_GCM_SHA384";
    assertThat(suiteFor("TLSv1.3")).isEqualTo(strong);
  }

  @Test
  void speaks_only_the_suites_that_it_was_told() throws Exception {
    String suite = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
    listen(Tls.PROTOCOLS, List.of("TLS_AES_128_GCM_SHA256", suite));
    assertThat(suiteFor("TLSv1.2")).isEqualTo(suite);
  }

  @Test
  void leaves_suites_that_only_one_implementation_has_to_that_one() throws Exception {
    List<String> suites = List.of("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384");
    Tls tls = Tls.of(SERVER.own().key(), SERVER.own().chain(), List.of(), List.of("TLSv1.2"), suites);
    own = HttpServer.start(ServerOptions.on(anyPort()), tls, EMPTY);
    assertThat(suiteFor("TLSv1.2")).isEqualTo(suites.getFirst());
  }

  @Test
  void refuses_versions_below_the_least() throws Exception {
    listen(List.of("TLSv1.3"), List.of());
    assertThat(suiteFor("TLSv1.3")).startsWith("TLS_AES_");
    assertThatThrownBy(() -> suiteFor("TLSv1.2")).isInstanceOf(IOException.class);
  }

  @Test
  void names_the_authorities_whose_certificates_it_takes() throws Exception {
    listen(Tls.PROTOCOLS, List.of());
    List<Principal> named = new CopyOnWriteArrayList<>();
    SSLContext asked = SSLContext.getInstance("TLS");
    asked.init(new KeyManager[] {new Listening(named)}, new TrustManager[] {new TrustAnyone()}, null);
    try (SSLSocket socket = (SSLSocket) asked.getSocketFactory().createSocket("localhost", own.address().getPort())) {
      socket.startHandshake();
      assertThat(named).containsExactly(AUTHORITY.certificate().getSubjectX500Principal());
    }
  }

  @Test
  void plain_http_is_told_that_this_is_not() throws Exception {
    listen(Tls.PROTOCOLS, List.of());
    try (Socket socket = new Socket(own.address().getAddress(), own.address().getPort())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .isEqualTo("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
    }
  }

  /** Shows nothing and hears whose certificates would be taken. */
  private static final class Listening extends X509ExtendedKeyManager {
    private final List<Principal> named;

    Listening(List<Principal> named) {
      this.named = named;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      named.addAll(List.of(issuers));
      return null;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return null;
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return null;
    }
  }
}
