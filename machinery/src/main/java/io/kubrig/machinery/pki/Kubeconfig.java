package io.kubrig.machinery.pki;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * A kubeconfig with one cluster and one user who shows a client certificate.
 *
 * @param server the address of the API, {@code https://host:port}
 * @param authority the certificate that vouches for the server
 * @param cluster the name the file gives the cluster
 * @param user the name the file gives the user
 */
public record Kubeconfig(
    String server, X509Certificate authority, String cluster, String user, KeyAndCertificate credentials) {

  /** The file's text, YAML as kubeadm writes it. */
  public String text() {
    String context = user + "@" + cluster;
    return """
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: %s
            server: %s
          name: %s
        contexts:
        - context:
            cluster: %s
            user: %s
          name: %s
        current-context: %s
        kind: Config
        preferences: {}
        users:
        - name: %s
          user:
            client-certificate-data: %s
            client-key-data: %s
        """
        .formatted(
            base64(PemFiles.text(List.of(authority))),
            server,
            cluster,
            cluster,
            user,
            context,
            context,
            user,
            base64(PemFiles.text(credentials.chain())),
            base64(PemFiles.text(credentials.key())));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
