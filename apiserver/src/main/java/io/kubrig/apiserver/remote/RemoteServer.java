package io.kubrig.apiserver.remote;

import io.kubrig.apiserver.proxy.BackendTls;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

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
    Tree user = context.string("user").isEmpty() ? Tree.empty()
        : named(root.trees("users"), context.string("user"), "user", kubeconfig).tree("user");
    String server = cluster.string("server");
    if (server.isEmpty()) {
      throw new IllegalArgumentException(kubeconfig + ": the cluster \"" + context.string("cluster") + "\" names no server");
    }
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NEVER);
    tls(cluster, user, kubeconfig).ifPresent(builder::sslContext);
    return new RemoteServer(URI.create(server), builder.build(), authorization(user, kubeconfig));
  }

  private static Tree named(List<Tree> entries, String name, String what, Path kubeconfig) {
    return entries.stream()
        .filter(entry -> entry.string("name").equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(kubeconfig + ": " + what + " \"" + name + "\" does not exist"));
  }

  private static Optional<javax.net.ssl.SSLContext> tls(Tree cluster, Tree user, Path kubeconfig) throws IOException {
    String authority = text(cluster, "certificate-authority", kubeconfig);
    String certificate = text(user, "client-certificate", kubeconfig);
    boolean unverified = cluster.bool("insecure-skip-tls-verify");
    if (authority.isEmpty() && certificate.isEmpty() && !unverified) {
      return Optional.empty();
    }
    List<X509Certificate> authorities = authority.isEmpty() ? List.of() : PemFiles.certificates(authority, kubeconfig.toString());
    if (authorities.isEmpty() && !unverified) {
      throw new IllegalArgumentException(kubeconfig + ": a client certificate needs a certificate-authority of the server");
    }
    PrivateKey key = certificate.isEmpty() ? null : PemFiles.privateKey(text(user, "client-key", kubeconfig), kubeconfig.toString());
    List<X509Certificate> chain = certificate.isEmpty() ? List.of() : PemFiles.certificates(certificate, kubeconfig.toString());
    return Optional.of(BackendTls.context(key, chain, unverified ? List.of() : authorities));
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
  private static String text(Tree entry, String name, Path kubeconfig) throws IOException {
    String data = entry.string(name + "-data");
    if (!data.isEmpty()) {
      return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
    }
    String file = entry.string(name);
    return file.isEmpty() ? "" : Files.readString(kubeconfig.resolveSibling(file));
  }
}
