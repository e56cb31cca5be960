package io.kubrig.apiserver.remote;

import io.kubrig.apiserver.proxy.BackendTls;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where a server is and how it is spoken to: the current context of a kubeconfig.
 *
 * @param authorization the header's value, empty for none
 */
public record RemoteServer(URI uri, HttpClient client, Optional<String> authorization) {
  private static final Duration CONNECT = Duration.ofSeconds(30);

  /**
   * Reads a kubeconfig; files that it names may be relative to it.
   *
   * @throws IOException when a file cannot be read
   * @throws IllegalArgumentException when something is missing
   */
  public static RemoteServer of(Path kubeconfig) throws IOException {
    Tree root;
    try {
      root = Yaml.readTree(Files.readString(kubeconfig));
    } catch (YamlException | JsonException e) {
      throw new IllegalArgumentException("error loading config file \"" + kubeconfig + "\": " + e.getMessage(), e);
    }
    String name = root.string("current-context");
    Tree context = named(root.trees("contexts"), name, "context", kubeconfig).tree("context");
    Tree cluster = named(root.trees("clusters"), context.string("cluster"), "cluster", kubeconfig).tree("cluster");
    Tree stated = context.string("user").isEmpty() ? Tree.empty()
        : named(root.trees("users"), context.string("user"), "user", kubeconfig).tree("user");
    KubeconfigUser user = KubeconfigUser.of(stated, kubeconfig);
    String server = cluster.string("server");
    if (server.isEmpty()) {
      throw new IllegalArgumentException(kubeconfig + ": the cluster \"" + context.string("cluster") + "\" names no server");
    }
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NEVER);
    tls(cluster, user, kubeconfig).ifPresent(builder::sslContext);
    return new RemoteServer(URI.create(server), builder.build(), user.authorization());
  }

  private static Tree named(List<Tree> entries, String name, String what, Path kubeconfig) {
    return entries.stream()
        .filter(entry -> entry.string("name").equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(kubeconfig + ": " + what + " \"" + name + "\" does not exist"));
  }

  private static Optional<SSLContext> tls(Tree cluster, KubeconfigUser user, Path kubeconfig) throws IOException {
    String authority = KubeconfigUser.text(cluster, "certificate-authority", kubeconfig);
    boolean unverified = cluster.bool("insecure-skip-tls-verify");
    if (authority.isEmpty() && user.certificate().isEmpty() && !unverified) {
      return Optional.empty();
    }
    List<X509Certificate> authorities = authority.isEmpty() ? List.of() : PemFiles.certificates(authority, kubeconfig.toString());
    if (authorities.isEmpty() && !unverified) {
      throw new IllegalArgumentException(kubeconfig + ": a client certificate needs a certificate-authority of the server");
    }
    PrivateKey key = user.certificate().map(KeyAndCertificate::key).orElse(null);
    List<X509Certificate> chain = user.certificate().map(KeyAndCertificate::chain).orElse(List.of());
    return Optional.of(BackendTls.context(key, chain, unverified ? List.of() : authorities));
  }
}
