package io.kubrig.machinery.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientKeyFilesTest {
  private static final String[] TYPES = {"EC"};
  private final CertificateAuthority authority =
      CertificateAuthority.selfSigned("kubernetes", KeyKind.EC, new VirtualClock(Instant.parse("2026-11-21T10:00:00Z")));

  @TempDir private Path directory;
  private int writes;

  private Path write(String user) throws Exception {
    Path file = directory.resolve("client.pem");
    KeyAndCertificate pair = authority.issue(CertificateSpec.client(user), KeyKind.EC);
    PemFiles.write(file, PemFiles.text(pair.chain()) + PemFiles.text(pair.key()));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L * ++writes));
    return file;
  }

  private static String shown(ClientKeyFiles keys, Socket socket) {
    X509Certificate[] chain = keys.getCertificateChain(keys.chooseClientAlias(TYPES, null, socket));
    return chain[0].getSubjectX500Principal().getName();
  }

  @Test
  void a_changed_file_is_shown_by_new_connections_and_ends_the_old_ones() throws Exception {
    Path file = write("before");
    ClientKeyFiles keys = new ClientKeyFiles(file, file);
    try (Socket old = new Socket(); Socket fresh = new Socket()) {
      assertThat(shown(keys, old)).isEqualTo("CN=before");
      keys.refresh();
      assertThat(old.isClosed()).as("nothing has changed").isFalse();

      write("after");
      keys.refresh();
      assertThat(old.isClosed()).isTrue();
      assertThat(shown(keys, fresh)).isEqualTo("CN=after");
      assertThat(fresh.isClosed()).isFalse();
    }
  }

  @Test
  void a_handshake_under_way_keeps_the_key_that_it_chose() throws Exception {
    Path file = write("before");
    ClientKeyFiles keys = new ClientKeyFiles(file, file);
    String alias = keys.chooseClientAlias(TYPES, null, null);
    write("after");
    keys.refresh();
    assertThat(keys.getCertificateChain(alias)[0].getSubjectX500Principal().getName()).isEqualTo("CN=before");
    assertThat(keys.getPrivateKey(alias)).isNotNull();
  }

  @Test
  void a_file_that_cannot_be_read_leaves_what_was_read_before() throws Exception {
    Path file = write("before");
    ClientKeyFiles keys = new ClientKeyFiles(file, file);
    Files.writeString(file, "half of a file");
    keys.refresh();
    assertThat(shown(keys, null)).isEqualTo("CN=before");
  }
}
