package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.ChangingTokens;
import io.kubrig.apiserver.authn.Jwt;
import io.kubrig.apiserver.authn.TokenAuthenticator;
import io.kubrig.apiserver.authn.WebhookTokens;
import io.kubrig.apiserver.authn.oidc.AuthenticationConfiguration;
import io.kubrig.apiserver.remote.RemoteServer;
import io.kubrig.apiserver.remote.ReviewCalls;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads who, besides this server itself, may vouch for users: OIDC issuers and a webhook. */
final class AuthenticationFlags {
  private static final Duration WEBHOOK_PATIENCE = Duration.ofSeconds(30);

  private final ApiServerFlags flags;
  private final ParsedFlags parsed;
  private final Environment environment;

  AuthenticationFlags(ApiServerFlags flags, ParsedFlags parsed, Environment environment) {
    this.flags = flags;
    this.parsed = parsed;
    this.environment = environment;
  }

  /** @param anonymousPaths empty for all */
  record Read(List<TokenAuthenticator> tokens, boolean anonymous, List<String> anonymousPaths) {}

  /** @param ownIssuers those of service account tokens */
  Read read(List<String> ownIssuers) throws IOException {
    List<TokenAuthenticator> tokens = new ArrayList<>();
    Optional<AuthenticationConfiguration.Anonymous> anonymous = Optional.empty();
    String file = parsed.value(flags.authenticationConfig);
    if (!file.isEmpty()) {
      if (oidcFlags().stream().anyMatch(parsed::isSet)) {
        throw new FlagException("authentication-config file and oidc-* flags are mutually exclusive");
      }
      String text = Files.readString(Path.of(file));
      AuthenticationConfiguration configuration = AuthenticationConfiguration.read(text, Path.of(file), ownIssuers);
      anonymous = configuration.anonymous();
      if (anonymous.isPresent() && parsed.isSet(flags.anonymousAuth)) {
        throw new FlagException("--anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration "
            + "file");
      }
      tokens.add(followed(Path.of(file), text, configuration, ownIssuers));
    } else if (oidcFlags().stream().anyMatch(parsed::isSet)) {
      AuthenticationConfiguration configuration =
          AuthenticationConfiguration.of(Tree.of("jwt", new ArrayList<Object>(List.of(issuer()))), ownIssuers);
      tokens.addAll(configuration.authenticators(algorithms(), environment.clock()));
    }
    webhook().ifPresent(tokens::add);
    return new Read(
        tokens,
        anonymous.map(AuthenticationConfiguration.Anonymous::enabled).orElse(parsed.value(flags.anonymousAuth)),
        anonymous.map(AuthenticationConfiguration.Anonymous::paths).orElse(List.of()));
  }

  /** The issuers of a file, today's and tomorrow's. */
  private ChangingTokens followed(Path file, String text, AuthenticationConfiguration first, List<String> ownIssuers) throws IOException {
    ChangingTokens tokens = new ChangingTokens(first.authenticators(Jwt.algorithms(), environment.clock()));
    FollowedFile.Use use = changed -> {
      AuthenticationConfiguration configuration = AuthenticationConfiguration.read(changed, file, ownIssuers);
      if (!configuration.anonymous().equals(first.anonymous())) {
        throw new IllegalArgumentException("anonymous: Forbidden: changed from initial configuration file");
      }
      tokens.replace(configuration.authenticators(Jwt.algorithms(), environment.clock()));
    };
    FollowedFile.Metrics metrics =
        new FollowedFile.Metrics(environment.metrics(), environment.clock(), "authentication", Peer.ofThisHost().identity());
    tokens.follow(new FollowedFile(file, text, use, metrics, environment.clock()));
    return tokens;
  }

  private List<Flag<?>> oidcFlags() {
    return List.of(
        flags.oidcIssuerUrl, flags.oidcClientId, flags.oidcCaFile, flags.oidcUsernameClaim, flags.oidcUsernamePrefix, flags.oidcGroupsClaim,
        flags.oidcGroupsPrefix, flags.oidcSigningAlgs, flags.oidcRequiredClaim);
  }

  /** The JWT authenticator that the flags are short for. */
  private Tree issuer() throws IOException {
    String url = parsed.value(flags.oidcIssuerUrl);
    String client = parsed.value(flags.oidcClientId);
    if (url.isEmpty() || client.isEmpty()) {
      throw new FlagException("oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set");
    }
    Tree issuer = Tree.of("url", url, "audiences", new ArrayList<Object>(List.of(client)));
    if (!parsed.value(flags.oidcCaFile).isEmpty()) {
      issuer.set("certificateAuthority", Files.readString(Path.of(parsed.value(flags.oidcCaFile))));
    }
    String claim = parsed.value(flags.oidcUsernameClaim);
    String prefix = parsed.value(flags.oidcUsernamePrefix);
    if (prefix.isEmpty() && !claim.equals("email")) {
      prefix = url + "#"; // names of two issuers must not collide, unless they are mail addresses
    }
    Tree mappings = Tree.of("username", Tree.of("claim", claim, "prefix", prefix.equals("-") ? "" : prefix));
    if (!parsed.value(flags.oidcGroupsClaim).isEmpty()) {
      mappings.set("groups", Tree.of("claim", parsed.value(flags.oidcGroupsClaim), "prefix", parsed.value(flags.oidcGroupsPrefix)));
    }
    List<Object> rules = new ArrayList<>();
    parsed.value(flags.oidcRequiredClaim).forEach((name, value) -> rules.add(Tree.of("claim", name, "requiredValue", value)));
    return Tree.of("issuer", issuer, "claimMappings", mappings, "claimValidationRules", rules);
  }

  private Set<String> algorithms() {
    Set<String> algorithms = new HashSet<>(parsed.value(flags.oidcSigningAlgs));
    for (String algorithm : algorithms) {
      if (!Jwt.algorithms().contains(algorithm)) {
        throw new FlagException("oidc: unsupported signing alg: \"" + algorithm + "\"");
      }
    }
    return algorithms;
  }

  private Optional<TokenAuthenticator> webhook() throws IOException {
    String file = parsed.value(flags.tokenWebhookConfig);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String version = parsed.value(flags.tokenWebhookVersion);
    if (!version.equals("v1") && !version.equals("v1beta1")) {
      throw new FlagException("unsupported authentication webhook version \"" + version + "\", supported versions are \"v1\", \"v1beta1\"");
    }
    ReviewCalls calls = new ReviewCalls(RemoteServer.of(Path.of(file)), WEBHOOK_PATIENCE, environment.clock(), environment.random());
    return Optional.of(new WebhookTokens(calls, version, parsed.value(flags.tokenWebhookCacheTtl), environment.clock()));
  }
}
