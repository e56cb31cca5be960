package io.kubrig.apiserver.authn.oidc;

import io.kubrig.apiserver.authn.TokenAuthenticator;
import io.kubrig.apiserver.proxy.BackendTls;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file of {@code --authentication-config}: {@code AuthenticationConfiguration} of {@code apiserver.config.k8s.io}, checked as native
 * checks it.
 *
 * @param jwt the authenticators, each with the mapping of its claims
 * @param anonymous empty where the file does not say
 */
public record AuthenticationConfiguration(List<JwtAuthenticator> jwt, Optional<Anonymous> anonymous) {
  private static final Set<String> VERSIONS =
      Set.of("apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1alpha1");
  private static final int MOST = 64;
  private static final Duration CONNECT = Duration.ofSeconds(30);

  /** @param paths for which anonymous requests are admitted; empty for all */
  public record Anonymous(boolean enabled, List<String> paths) {}

  /** One authenticator, checked and compiled. */
  public record JwtAuthenticator(Tree issuer, JwtMapping mapping) {}

  /**
   * Reads a file.
   *
   * @param ownIssuers those of service accounts, which nobody else may claim to be
   * @throws IllegalArgumentException when it is not valid
   */
  public static AuthenticationConfiguration read(Path file, List<String> ownIssuers) throws IOException {
    return read(Files.readString(file), file, ownIssuers);
  }

  /** Reads the text of a file. */
  public static AuthenticationConfiguration read(String text, Path file, List<String> ownIssuers) {
    Tree root;
    try {
      root = Yaml.readTree(text);
    } catch (YamlException | JsonException e) {
      throw new IllegalArgumentException("error decoding authentication configuration file \"" + file + "\": " + e.getMessage(), e);
    }
    if (!root.string("kind").equals("AuthenticationConfiguration") || !VERSIONS.contains(root.string("apiVersion"))) {
      throw new IllegalArgumentException(
          "no kind \"" + root.string("kind") + "\" is registered for version \"" + root.string("apiVersion") + "\" in " + file
              + ": expected AuthenticationConfiguration of apiserver.config.k8s.io/v1");
    }
    return of(root, ownIssuers);
  }

  /** Checks a configuration however it came about. */
  public static AuthenticationConfiguration of(Tree root, List<String> ownIssuers) {
    FieldErrors errors = new FieldErrors();
    List<Tree> stated = root.trees("jwt");
    FieldPath path = FieldPath.of("jwt");
    if (stated.size() > MOST) {
      errors.tooMany(path, stated.size(), MOST);
    }
    List<JwtAuthenticator> jwt = new ArrayList<>();
    Set<String> issuers = new HashSet<>();
    Set<String> discoveries = new HashSet<>();
    for (int i = 0; i < stated.size(); i++) {
      Tree issuer = stated.get(i).tree("issuer");
      FieldPath issuerPath = path.index(i).child("issuer");
      IssuerRules.check(issuer, issuerPath, ownIssuers, errors);
      jwt.add(new JwtAuthenticator(issuer, JwtRules.read(stated.get(i), path.index(i), errors)));
      if (!issuers.add(issuer.string("url"))) {
        errors.duplicate(issuerPath.child("url"), issuer.string("url"));
      }
      if (!issuer.string("discoveryURL").isEmpty() && !discoveries.add(issuer.string("discoveryURL"))) {
        errors.duplicate(issuerPath.child("discoveryURL"), issuer.string("discoveryURL"));
      }
    }
    Optional<Anonymous> anonymous = anonymous(root, errors);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(errors.message());
    }
    return new AuthenticationConfiguration(jwt, anonymous);
  }

  private static Optional<Anonymous> anonymous(Tree root, FieldErrors errors) {
    if (root.get("anonymous") == null) {
      return Optional.empty();
    }
    Tree anonymous = root.tree("anonymous");
    List<Tree> conditions = anonymous.trees("conditions");
    if (!anonymous.bool("enabled") && !conditions.isEmpty()) {
      errors.invalid(FieldPath.of("anonymous", "conditions"), conditions, "enabled should be set to true when conditions are defined");
    }
    return Optional.of(new Anonymous(anonymous.bool("enabled"), conditions.stream().map(condition -> condition.string("path")).toList()));
  }

  /**
   * The authenticators at work: their issuers' keys are looked for from now on.
   *
   * @param algorithms that signatures may be made with
   */
  public List<TokenAuthenticator> authenticators(Set<String> algorithms, Clock clock) throws IOException {
    List<TokenAuthenticator> authenticators = new ArrayList<>();
    for (JwtAuthenticator authenticator : jwt) {
      Tree issuer = authenticator.issuer;
      String url = issuer.string("url");
      String discovery = issuer.string("discoveryURL");
      URI where = discovery.isEmpty() ? IssuerKeys.discovery(url) : URI.create(discovery);
      HttpClient client = client(issuer.string("certificateAuthority"));
      IssuerKeys keys = new IssuerKeys(client, url, where, clock);
      authenticators.add(new JwtTokens(new JwtTokens.Issuer(url, issuer.strings("audiences"), algorithms), authenticator.mapping, keys,
          new DistributedClaims(client, clock), clock));
    }
    return authenticators;
  }

  private static HttpClient client(String authority) throws IOException {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NORMAL);
    if (!authority.isEmpty()) {
      builder.sslContext(BackendTls.context(null, List.of(), PemFiles.certificates(authority, "certificateAuthority")));
    }
    return builder.build();
  }
}
