package io.kubrig.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.TrustAnyone;
import io.kubrig.machinery.tls.TlsImplementation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which certificate a listener with several shows. */
class ServerKeysTest {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.selfSigned("authority", KeyKind.EC, Clock.system());
  private static final KeyAndCertificate OWN = key("own", KeyKind.EC);
  private static final List<ServerKeys.Named> NAMED = List.of(
      new ServerKeys.Named(key("certified.example", KeyKind.EC, "also.example", "both.example"), List.of()),
      new ServerKeys.Named(key("wild", KeyKind.RSA), List.of("*.wild.example", "both.example")),
      new ServerKeys.Named(key("exact", KeyKind.EC), List.of("one.wild.example", "both.example")));

  private static KeyAndCertificate key(String name, KeyKind kind, String... names) {
    return AUTHORITY.issue(CertificateSpec.server(name, List.of(names), List.of()), kind);
  }

  /** @param name null for none */
  private static String shown(HttpServer server, String name) throws Exception {
    SSLContext context = TlsImplementation.JDK.context(null, new TrustManager[] {new TrustAnyone()});
    int port = server.address().getPort();
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      SSLParameters said = socket.getSSLParameters();
      said.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
      socket.setSSLParameters(said);
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_most_specific_for_the_name_that_the_client_says_is_shown(TlsImplementation implementation) throws Exception {
    Tls tls = Tls.of(implementation, new ServerKeys(OWN, NAMED), List.of(), Tls.PROTOCOLS, List.of());
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (HttpServer server = HttpServer.start(ServerOptions.on(anywhere), tls, exchange -> exchange.respond(200, null, new byte[0]))) {
      assertThat(shown(server, null)).isEqualTo("CN=own");
      assertThat(shown(server, "other.example")).isEqualTo("CN=own");
      assertThat(shown(server, "certified.example")).isEqualTo("CN=certified.example");
      assertThat(shown(server, "also.example")).isEqualTo("CN=certified.example");
      assertThat(shown(server, "Two.Wild.Example")).isEqualTo("CN=wild");
      assertThat(shown(server, "a.two.wild.example")).as("a pattern is of one label").isEqualTo("CN=own");
      assertThat(shown(server, "one.wild.example")).isEqualTo("CN=exact");
      assertThat(shown(server, "both.example")).as("what was said first").isEqualTo("CN=wild");
    }
  }
}
