package io.kubrig.standalone;

import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Has a kubeconfig name the file of a certificate that is renewed, instead of holding one in itself. */
final class RotatableKubeconfig {
  private RotatableKubeconfig() {}

  /** @throws StartException when the certificate is not there */
  static void write(Path kubeconfig, Path certificate) {
    if (!Files.exists(certificate)) {
      throw new StartException("the kubelet has no certificate to renew: " + certificate + " is missing");
    }
    try {
      String text = Files.readString(kubeconfig)
          .replaceAll("client-certificate-data: .*", "client-certificate: " + certificate)
          .replaceAll("client-key-data: .*", "client-key: " + certificate);
      PemFiles.write(kubeconfig, text);
    } catch (IOException e) {
      throw new StartException("cannot read " + kubeconfig + ": " + e.getMessage(), e);
    }
  }
}
