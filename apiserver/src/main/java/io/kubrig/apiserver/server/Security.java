package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.Authenticators;
import io.kubrig.apiserver.authn.BearerToken;
import io.kubrig.apiserver.authn.BootstrapTokens;
import io.kubrig.apiserver.authn.ChangingTokens;
import io.kubrig.apiserver.authn.ClientCertificates;
import io.kubrig.apiserver.authn.RequestAuthenticator;
import io.kubrig.apiserver.authn.RequestHeader;
import io.kubrig.apiserver.authn.ServiceAccountKeys;
import io.kubrig.apiserver.authn.ServiceAccountTokens;
import io.kubrig.apiserver.authn.TokenAuthenticator;
import io.kubrig.apiserver.authn.TokenRequests;
import io.kubrig.apiserver.authn.oidc.JwtTokens;
import io.kubrig.apiserver.authz.AccessReviews;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.ChangingAuthorizer;
import io.kubrig.apiserver.authz.Escalation;
import io.kubrig.apiserver.authz.NodeAuthorizer;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.authz.Rbac;
import io.kubrig.machinery.clock.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Who may do what: authentication, authorization and everything that is made of them, put together from settings. */
final class Security implements AutoCloseable {
  private final Authenticators authenticators;
  private final Authorizer authorizer;
  private final Rbac rbac;
  private final TokenRequests tokenRequests;
  private final AccessReviews reviews;
  private final ServiceAccountKeys keys;
  private final List<TokenAuthenticator> outside;
  private final List<AutoCloseable> closers = new ArrayList<>();

  Security(SecuritySettings settings, ObjectReader objects, Clock clock, RandomGenerator random, LegacyTokenTracking legacyTokens) {
    keys = settings.serviceAccountKeys();
    outside = settings.outside();
    List<TokenAuthenticator> tokens = new ArrayList<>();
    settings.staticTokens().ifPresent(tokens::add);
    tokens.add(new ServiceAccountTokens(keys, objects, clock, legacyTokens::used));
    if (settings.bootstrapTokens()) {
      tokens.add(new BootstrapTokens(objects, clock));
    }
    tokens.addAll(settings.outside());
    BearerToken bearer = new BearerToken(tokens, settings.audiences());
    List<RequestAuthenticator> members = new ArrayList<>(settings.own());
    settings.requestHeader().ifPresent(header -> members.add(new RequestHeader(header, clock)));
    if (!settings.clientAuthorities().isEmpty()) {
      members.add(new ClientCertificates(settings.clientAuthorities(), clock));
    }
    members.add(bearer);
    authenticators = new Authenticators(members, info -> settings.anonymous()
        && (settings.anonymousPaths().isEmpty() || settings.anonymousPaths().contains(info.path())));
    rbac = new Rbac(objects);
    authorizer = authorizer(settings, objects);
    long maxSeconds = settings.maxTokenExpiration().toSeconds();
    tokenRequests =
        new TokenRequests(
            keys,
            settings.audiences(),
            maxSeconds,
            settings.extendTokenExpiration(),
            objects,
            clock,
            () -> new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() & ~(3L << 62)) | (1L << 63)));
    reviews = new AccessReviews(authorizer, bearer, settings.audiences(), clock);
  }

  private Authorizer authorizer(SecuritySettings settings, ObjectReader objects) {
    List<Authorizer> members = new ArrayList<>();
    members.add(Authorizer.privileged("system:masters"));
    Map<SecuritySettings.Mode.BuiltIn, Authorizer> builtIn = new EnumMap<>(SecuritySettings.Mode.BuiltIn.class);
    for (SecuritySettings.Mode mode : settings.modes()) {
      members.add(
          switch (mode) {
            case SecuritySettings.Mode.Given given -> given.authorizer();
            case SecuritySettings.Mode.BuiltIn own -> builtIn.computeIfAbsent(own, key -> builtIn(key, objects));
            case SecuritySettings.Mode.Followed followed -> followed(followed, builtIn, objects);
          });
    }
    return Authorizer.union(members);
  }

  private Authorizer builtIn(SecuritySettings.Mode.BuiltIn mode, ObjectReader objects) {
    return switch (mode) {
      case ALWAYS_ALLOW -> Authorizer.alwaysAllow();
      case ALWAYS_DENY -> Authorizer.alwaysDeny();
      case NODE -> new NodeAuthorizer(objects);
      case RBAC -> rbac;
    };
  }

  /** Those that read objects stay the same ones: what they know of the cluster is not read again. */
  private Authorizer followed(SecuritySettings.Mode.Followed followed, Map<SecuritySettings.Mode.BuiltIn, Authorizer> builtIn,
      ObjectReader objects) {
    for (SecuritySettings.Mode mode : followed.first()) {
      if (mode instanceof SecuritySettings.Mode.BuiltIn own) {
        builtIn.computeIfAbsent(own, key -> builtIn(key, objects));
      }
    }
    ChangingAuthorizer changing = new ChangingAuthorizer(union(followed.first(), builtIn));
    closers.add(followed.follow().apply(modes -> changing.replace(union(modes, builtIn))));
    return changing;
  }

  private static Authorizer union(List<SecuritySettings.Mode> modes, Map<SecuritySettings.Mode.BuiltIn, Authorizer> builtIn) {
    List<Authorizer> members = new ArrayList<>();
    for (SecuritySettings.Mode mode : modes) {
      members.add(
          switch (mode) {
            case SecuritySettings.Mode.Given given -> given.authorizer();
            case SecuritySettings.Mode.BuiltIn own -> {
              if (!builtIn.containsKey(own)) {
                throw new IllegalArgumentException("authorizer type " + own.shown()
                    + " is not allowed if it was not enabled at initial server startup");
              }
              yield builtIn.get(own);
            }
            case SecuritySettings.Mode.Followed nested -> throw new IllegalArgumentException("a file names no files: " + nested);
          });
    }
    return Authorizer.union(members);
  }

  Authenticators authenticators() {
    return authenticators;
  }

  Authorizer authorizer() {
    return authorizer;
  }

  Escalation escalation() {
    return new Escalation(authorizer, rbac);
  }

  TokenRequests tokenRequests() {
    return tokenRequests;
  }

  AccessReviews reviews() {
    return reviews;
  }

  ServiceAccountKeys keys() {
    return keys;
  }

  /** Ends what looks for the keys of issuers and at files. */
  @Override
  public void close() {
    for (TokenAuthenticator authenticator : outside) {
      switch (authenticator) {
        case JwtTokens tokens -> tokens.close();
        case ChangingTokens changing -> changing.close();
        default -> { } // nothing goes on behind the others
      }
    }
    for (AutoCloseable closer : closers) {
      try {
        closer.close();
      } catch (Exception e) {
        throw new IllegalStateException("a file cannot be left alone", e);
      }
    }
  }
}
