package io.kubrig.machinery.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneKeyTest {
  private final KeyAndCertificate pair;
  private final X509ExtendedKeyManager keys;

  OneKeyTest(@TempDir Path temporary) {
    Path directory = temporary.resolve("pki");
    new ClusterPki(directory, new VirtualClock(Instant.parse("2026-11-21T10:00:00Z")))
        .ensure(ClusterPki.serverNames("node-1", "cluster.local"), List.of(InetAddress.ofLiteral("127.0.0.1")));
    pair = new KeyAndCertificate(PemFiles.privateKey(directory.resolve("apiserver.key")),
        PemFiles.certificates(directory.resolve("apiserver.crt")));
    keys = (X509ExtendedKeyManager) pair.keyManagers()[0];
  }

  @Test
  void a_server_shows_its_key_for_the_keys_algorithm_whoever_the_client_trusts() {
    String algorithm = pair.certificate().getPublicKey().getAlgorithm();
    String alias = keys.chooseEngineServerAlias(algorithm, issuers("CN=somebody else"), null);
    assertThat(keys.getPrivateKey(alias)).isSameAs(pair.key());
    assertThat(keys.getCertificateChain(alias)).containsExactlyElementsOf(pair.chain());
    assertThat(keys.chooseEngineServerAlias(algorithm + "_RSA", null, null)).isEqualTo(alias);
    assertThat(keys.chooseEngineServerAlias("RSASSA-PSS", null, null)).isNull();
  }

  @Test
  void a_client_shows_its_key_to_servers_that_trust_its_issuer_or_name_none() {
    String[] types = {"RSASSA-PSS", pair.certificate().getPublicKey().getAlgorithm()};
    String issuer = pair.certificate().getIssuerX500Principal().getName();
    assertThat(keys.chooseEngineClientAlias(types, issuers("CN=somebody else", issuer), null)).isNotNull();
    assertThat(keys.chooseEngineClientAlias(types, null, null)).isNotNull();
    assertThat(keys.chooseEngineClientAlias(types, issuers("CN=somebody else"), null)).isNull();
    assertThat(keys.chooseEngineClientAlias(new String[] {"RSASSA-PSS"}, null, null)).isNull();
  }

  private static Principal[] issuers(String... names) {
    return List.of(names).stream().map(X500Principal::new).toArray(Principal[]::new);
  }
}
