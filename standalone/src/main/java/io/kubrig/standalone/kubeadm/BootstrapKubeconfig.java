package io.kubrig.standalone.kubeadm;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What a machine asks for its first certificate with.
 *
 * @param text a kubeconfig
 * @param authority who vouches for the server, PEM
 */
public record BootstrapKubeconfig(String text, String authority) {

  /** With a token. */
  public static BootstrapKubeconfig of(ClusterInfo info, String token) {
    String text = """
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: %s
            server: %s
          name: kubernetes
        contexts:
        - context:
            cluster: kubernetes
            user: tls-bootstrap-token-user
          name: tls-bootstrap-token-user@kubernetes
        current-context: tls-bootstrap-token-user@kubernetes
        kind: Config
        users:
        - name: tls-bootstrap-token-user
          user:
            token: %s
        """.formatted(Base64.getEncoder().encodeToString(info.authority().getBytes(StandardCharsets.US_ASCII)), info.server(), token);
    return new BootstrapKubeconfig(text, info.authority());
  }

  /**
   * As a file says, with a token where there is one, otherwise with what the file shows itself.
   *
   * @throws StartException when the file cannot be used
   */
  public static BootstrapKubeconfig ofFile(String file, String token) {
    if (file.matches("\\w+://.*")) {
      throw new StartException("--discovery-file \"" + file + "\": only a file of this machine is read: download it first");
    }
    String text;
    try {
      text = Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new StartException("discovery.file.kubeConfigPath: Invalid value: \"" + file + "\": not a valid HTTPS URL or a file on disk "
          + "(--discovery-file)", e);
    }
    ClusterInfo info;
    try {
      info = ClusterInfo.parse(text);
    } catch (StartException e) {
      throw new StartException("--discovery-file \"" + file + "\": the provided kubeconfig file is malformed: " + e.getMessage(), e);
    }
    if (!token.isEmpty()) {
      return of(info, token);
    }
    if (!hasCredentials(text)) {
      throw new StartException("could not find authentication credentials for the TLS bootstrap process. Please use Token discovery, a "
          + "discovery file with embedded authentication credentials or a discovery file without authentication credentials but with the "
          + "TLSBootstrapToken flag (--tls-bootstrap-token)");
    }
    return new BootstrapKubeconfig(text, info.authority());
  }

  private static boolean hasCredentials(String text) {
    Config config = Serialization.unmarshal(text, Config.class);
    return Optional.ofNullable(config.getUsers()).orElse(List.of()).stream().map(NamedAuthInfo::getUser)
        .anyMatch(BootstrapKubeconfig::shows);
  }

  private static boolean shows(AuthInfo user) {
    return user.getToken() != null || user.getTokenFile() != null
        || (user.getClientCertificateData() != null || user.getClientCertificate() != null);
  }
}
