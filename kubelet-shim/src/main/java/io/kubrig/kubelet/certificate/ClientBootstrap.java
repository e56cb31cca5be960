package io.kubrig.kubelet.certificate;

import io.fabric8.kubernetes.client.Config;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way from a kubeconfig that may only ask for a certificate ({@code --bootstrap-kubeconfig}) to the node's own ({@code --kubeconfig}).
 *
 * @param kubeconfig the node's own, there or not
 * @param bootstrap the other one
 */
public record ClientBootstrap(Path kubeconfig, Path bootstrap) {
  private static final Logger LOG = LoggerFactory.getLogger(ClientBootstrap.class);

  /** Whether the node's own kubeconfig is missing or its certificate cannot be used any more. */
  public boolean isNeeded(Clock clock) {
    if (!Files.exists(kubeconfig)) {
      return true;
    }
    try {
      List<X509Certificate> chain = certificates(Config.fromKubeconfig(kubeconfig.toFile()));
      Optional<X509Certificate> ended = chain.stream().filter(one -> clock.now().isAfter(one.getNotAfter().toInstant())).findFirst();
      ended.ifPresent(one -> LOG.error("Part of the existing bootstrap client certificate in {} is expired: {}", kubeconfig,
          one.getNotAfter().toInstant()));
      return chain.isEmpty() || ended.isPresent();
    } catch (PkiException e) {
      LOG.error("Unable to load TLS certificates from existing bootstrap client config read from {}: {}", kubeconfig, e.getMessage());
      return true;
    } catch (RuntimeException e) { // Fabric8 tells of unreadable files by any of them
      LOG.error("Unable to read existing bootstrap client config from {}: {}", kubeconfig, e.getMessage());
      return true;
    }
  }

  private static List<X509Certificate> certificates(Config config) {
    if (config.getClientCertFile() != null && !config.getClientCertFile().isEmpty()) {
      return PemFiles.certificates(Path.of(config.getClientCertFile()));
    }
    String data = config.getClientCertData();
    return data == null ? List.of()
        : PemFiles.certificates(new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII), "client-certificate-data");
  }

  /**
   * Writes the node's own kubeconfig: the same server, and a certificate in a file.
   *
   * @throws StartException when the other one cannot be read
   */
  public void write(Path certificate) {
    if (!Files.isReadable(bootstrap)) {
      throw new StartException("unable to load bootstrap kubeconfig: stat " + bootstrap + ": no such file or directory; name one with "
          + "--bootstrap-kubeconfig, or the node's own with --kubeconfig");
    }
    Config config = Config.fromKubeconfig(bootstrap.toFile());
    PemFiles.write(kubeconfig, """
        apiVersion: v1
        clusters:
        - cluster:
        %s
            server: %s
          name: default-cluster
        contexts:
        - context:
            cluster: default-cluster
            namespace: default
            user: default-auth
          name: default-context
        current-context: default-context
        kind: Config
        preferences: {}
        users:
        - name: default-auth
          user:
            client-certificate: %s
            client-key: %s
        """.formatted(authority(config), config.getMasterUrl().replaceAll("/$", ""), certificate, certificate));
  }

  private static String authority(Config config) {
    if (config.isTrustCerts()) {
      return "    insecure-skip-tls-verify: true";
    }
    if (config.getCaCertFile() != null && !config.getCaCertFile().isEmpty()) {
      return "    certificate-authority: " + config.getCaCertFile();
    }
    return "    certificate-authority-data: " + (config.getCaCertData() == null ? "" : config.getCaCertData());
  }
}
