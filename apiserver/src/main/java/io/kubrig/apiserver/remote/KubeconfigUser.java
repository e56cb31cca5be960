package io.kubrig.apiserver.remote;

import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * What a user of a kubeconfig shows a server.
 *
 * @param certificate for TLS, empty for none
 * @param authorization the header's value, empty for none
 */
public record KubeconfigUser(Optional<KeyAndCertificate> certificate, Optional<String> authorization) {
  /** Nobody. */
  public static final KubeconfigUser ANONYMOUS = new KubeconfigUser(Optional.empty(), Optional.empty());

  /**
   * Reads the user and the files that it names, which may be relative to the kubeconfig.
   *
   * @throws IOException when a file cannot be read
   * @throws IllegalArgumentException when it shows itself in a way that is not known here
   */
  public static KubeconfigUser of(Tree user, Path kubeconfig) throws IOException {
    for (String unknown : new String[] {"exec", "auth-provider"}) {
      if (user.has(unknown)) {
        throw new IllegalArgumentException(kubeconfig + ": " + unknown + " of a user is not supported");
      }
    }
    String chain = text(user, "client-certificate", kubeconfig);
    Optional<KeyAndCertificate> certificate =
        chain.isEmpty() ? Optional.empty()
            : Optional.of(
                new KeyAndCertificate(
                    PemFiles.privateKey(text(user, "client-key", kubeconfig), kubeconfig.toString()),
                    PemFiles.certificates(chain, kubeconfig.toString())));
    return new KubeconfigUser(certificate, authorization(user, kubeconfig));
  }

  private static Optional<String> authorization(Tree user, Path kubeconfig) throws IOException {
    String token = user.string("token");
    if (token.isEmpty() && !user.string("tokenFile").isEmpty()) {
      token = Files.readString(kubeconfig.resolveSibling(user.string("tokenFile"))).strip();
    }
    if (!token.isEmpty()) {
      return Optional.of("Bearer " + token);
    }
    if (user.string("username").isEmpty()) {
      return Optional.empty();
    }
    String pair = user.string("username") + ":" + user.string("password");
    return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  /** The text of {@code NAME-data}, which is base64, or of the file that {@code NAME} names; "" for neither. */
  static String text(Tree entry, String name, Path kubeconfig) throws IOException {
    String data = entry.string(name + "-data");
    if (!data.isEmpty()) {
      return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
    }
    String file = entry.string(name);
    return file.isEmpty() ? "" : Files.readString(kubeconfig.resolveSibling(file));
  }
}
