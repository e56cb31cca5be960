package io.kubrig.apiserver.kinds.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageWarningsTest {
  @Test
  void a_volume_of_yesterday_is_warned_of() {
    Tree volume =
        Tree.of(
            "metadata", Tree.of("annotations", Tree.of("volume.beta.kubernetes.io/mount-options", "x")),
            "spec", Tree.of("persistentVolumeReclaimPolicy", "Recycle", "storageos", new Tree(), "rbd", new Tree()));
    assertThat(PersistentVolumeWarnings.of(volume))
        .containsExactly(
            "metadata.annotations[volume.beta.kubernetes.io/mount-options]: deprecated since v1.31; use \"mountOptions\" attribute instead",
            "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to "
                + "use dynamic "
                + "provisioning.",
            "spec.storageOS: deprecated in v1.22, non-functional in v1.25+",
            "spec.rbd: deprecated in v1.28, non-functional in v1.31+");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "x | x | tls: failed to find any PEM data in certificate input",
    "-----BEGIN RSA PRIVATE KEY----- | x | tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM "
        + "inputs may have been switched",
    "-----BEGIN CERTIFICATE----- | x | tls: failed to find any PEM data in key input",
    "-----BEGIN CERTIFICATE----- | -----BEGIN CERTIFICATE----- | tls: found a certificate rather than a key in the PEM for the private key",
    "-----BEGIN CERTIFICATE----- | -----BEGIN A----- | tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input "
        + "after "
        + "skipping PEM blocks of the following types: [A]",
  })
  void a_pair_of_key_and_certificate_that_is_none_is_warned_of(String certificate, String key, String warning) {
    assertThat(KeyPairWarnings.of(Tree.of("tls.crt", base64(certificate), "tls.key", base64(key)))).contains(warning);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
