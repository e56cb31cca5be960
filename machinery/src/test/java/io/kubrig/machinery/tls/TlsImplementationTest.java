package io.kubrig.machinery.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TlsImplementationTest {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.selfSigned("authority", KeyKind.EC, Clock.system());

  @AfterEach
  void decline() {
    System.clearProperty(TlsImplementation.PROPERTY);
  }

  static Stream<Arguments> pairs() {
    return Arrays.stream(TlsImplementation.values()).flatMap(server -> Arrays.stream(TlsImplementation.values())
        .flatMap(client -> Stream.of("TLSv1.2", "TLSv1.3").flatMap(protocol -> Arrays.stream(KeyKind.values())
            .map(kind -> Arguments.of(server, client, protocol, kind)))));
  }

  private static TrustManager[] trust(CertificateAuthority authority) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", authority.certificate());
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyAndCertificate server(KeyKind kind) {
    return AUTHORITY.issue(CertificateSpec.server("s", List.of("right.example"), List.of(InetAddress.ofLiteral("127.0.0.1"))), kind);
  }

  private static EnginePair engines(TlsImplementation server, TlsImplementation client, KeyKind kind, String host,
      CertificateAuthority known)
      throws Exception {
    KeyAndCertificate user = AUTHORITY.issue(CertificateSpec.client("jane", "group"), kind);
    SSLContext here = server.context(server(kind).keyManagers(), trust(AUTHORITY));
    SSLContext there = client.context(user.keyManagers(), trust(known));
    SSLEngine from = there.createSSLEngine(host, 443);
    from.setUseClientMode(true);
    SSLParameters checked = from.getSSLParameters();
    checked.setEndpointIdentificationAlgorithm("HTTPS");
    checked.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    from.setSSLParameters(checked);
    SSLEngine to = TlsImplementation.serverEngine(here);
    SSLParameters asked = to.getSSLParameters();
    asked.setWantClientAuth(true);
    asked.setApplicationProtocols(new String[] {"h2"});
    to.setSSLParameters(asked);
    return new EnginePair(from, to);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void both_understand_each_other(TlsImplementation server, TlsImplementation client, String protocol, KeyKind kind) throws Exception {
    EnginePair pair = engines(server, client, kind, "right.example", AUTHORITY);
    pair.client().setEnabledProtocols(new String[] {protocol});
    pair.shakeHands();
    assertThat(pair.server().getSession().getProtocol()).isEqualTo(protocol);
    assertThat(pair.server().getApplicationProtocol()).isEqualTo("h2");
    X509Certificate shown = (X509Certificate) pair.server().getSession().getPeerCertificates()[0];
    assertThat(shown.getSubjectX500Principal().getName()).isEqualTo("CN=jane,O=group");
    assertThat(pair.send("over the wire")).isEqualTo("over the wire");
    pair.free();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void servers_of_another_name_or_authority_are_refused(TlsImplementation server, TlsImplementation client, String protocol, KeyKind kind)
      throws Exception {
    EnginePair misnamed = engines(server, client, kind, "wrong.example", AUTHORITY);
    assertThatThrownBy(misnamed::shakeHands).isInstanceOf(SSLException.class);
    CertificateAuthority other = CertificateAuthority.selfSigned("other", KeyKind.EC, Clock.system());
    EnginePair unknown = engines(server, client, kind, "right.example", other);
    assertThatThrownBy(unknown::shakeHands).isInstanceOf(SSLException.class);
  }

  @Test
  void the_property_chooses_the_runtime_s() {
    assertThat(TlsImplementation.best()).isEqualTo(TlsImplementation.BORINGSSL);
    System.setProperty(TlsImplementation.PROPERTY, "jdk");
    assertThat(TlsImplementation.best()).isEqualTo(TlsImplementation.JDK);
    assertThat(TlsImplementation.knowing(List.of(AUTHORITY.certificate()))).isEqualTo(TlsImplementation.JDK);
  }

  @Test
  void keys_that_boringssl_does_not_know_are_left_to_the_runtime() throws Exception {
    assertThat(TlsImplementation.knowing(List.of(AUTHORITY.certificate()))).isEqualTo(TlsImplementation.BORINGSSL);
    KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    X509Certificate strange = AUTHORITY.sign(CertificateSpec.client("jane", "group"), edwards.getPublic());
    assertThat(TlsImplementation.knowing(List.of(AUTHORITY.certificate(), strange))).isEqualTo(TlsImplementation.JDK);
    assertThat(TlsImplementation.holding(new KeyAndCertificate(edwards.getPrivate(), List.of(strange)).keyManagers()))
        .isEqualTo(TlsImplementation.JDK);
    assertThat(TlsImplementation.holding(server(KeyKind.RSA).keyManagers())).isEqualTo(TlsImplementation.BORINGSSL);
    KeyPairGenerator large = KeyPairGenerator.getInstance("EC");
    large.initialize(new ECGenParameterSpec("secp521r1"));
    X509Certificate longer = AUTHORITY.sign(CertificateSpec.client("jane", "group"), large.generateKeyPair().getPublic());
    assertThat(TlsImplementation.knowing(List.of(longer))).isEqualTo(TlsImplementation.JDK);
  }

  @Test
  void servers_of_which_nothing_is_known_are_left_to_the_runtime() {
    assertThat(TlsImplementation.towards(List.of(), List.of())).isEqualTo(TlsImplementation.JDK);
    assertThat(TlsImplementation.towards(List.of(AUTHORITY.certificate()), List.of())).isEqualTo(TlsImplementation.BORINGSSL);
  }

  @Test
  void suites_that_boringssl_does_not_have_are_left_to_the_runtime() {
    TlsImplementation boring = TlsImplementation.BORINGSSL;
    assertThat(boring.with(List.of("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"))).isEqualTo(boring);
    assertThat(boring.with(List.of("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"))).isEqualTo(TlsImplementation.JDK);
    assertThat(TlsImplementation.JDK.with(List.of("TLS_AES_128_GCM_SHA256"))).isEqualTo(TlsImplementation.JDK);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
  }

  @Test
  void servers_of_boringssl_share_their_direct_buffers() throws Exception {
    List<EnginePair> open = new ArrayList<>();
    long before = directBytes();
    for (int i = 0; i < 50; i++) {
      EnginePair pair = engines(TlsImplementation.BORINGSSL, TlsImplementation.JDK, KeyKind.EC, "right.example", AUTHORITY);
      pair.shakeHands();
      assertThat(pair.send("over the wire")).isEqualTo("over the wire");
      open.add(pair);
    }
    long theirs = open.stream().mapToLong(pair -> pair.toClient().capacity() + pair.toServer().capacity()).sum();
    assertThat(directBytes() - before - theirs).as("of 50 engines").isLessThan(100_000);
    open.forEach(EnginePair::free);
  }

  /** What is printed by a process that may write its libraries into a directory only. */
  private static String chosenWith(String directory) throws IOException, InterruptedException {
    List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
        "--enable-native-access=ALL-UNNAMED", "-Dorg.conscrypt.native.workdir=" + directory, "-cp", System.getProperty("java.class.path"),
        ChosenTls.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  @Test
  void where_the_library_cannot_be_written_the_runtime_s_is_used_and_the_reason_said() throws Exception {
    assumeThat(Path.of("/proc/self/fdinfo")).as("a directory where nobody can write").isDirectory();
    assertThat(chosenWith("/proc/self/fdinfo")).contains("chosen: JDK").contains("BoringSSL cannot be loaded through /proc/self/fdinfo: ");
    assertThat(chosenWith(System.getProperty("java.io.tmpdir"))).contains("chosen: BORINGSSL");
  }
}
