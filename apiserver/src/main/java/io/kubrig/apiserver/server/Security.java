package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.Authenticators;
import io.kubrig.apiserver.authn.BearerToken;
import io.kubrig.apiserver.authn.BootstrapTokens;
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
import io.kubrig.apiserver.authz.Escalation;
import io.kubrig.apiserver.authz.NodeAuthorizer;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.authz.Rbac;
import io.kubrig.machinery.clock.Clock;
import java.util.ArrayList;
import java.util.List;
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
    for (SecuritySettings.Mode mode : settings.modes()) {
      members.add(
          switch (mode) {
            case SecuritySettings.Mode.Given given -> given.authorizer();
            case SecuritySettings.Mode.BuiltIn own ->
                switch (own) {
                  case ALWAYS_ALLOW -> Authorizer.alwaysAllow();
                  case ALWAYS_DENY -> Authorizer.alwaysDeny();
                  case NODE -> new NodeAuthorizer(objects);
                  case RBAC -> rbac;
                };
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

  /** Ends what looks for the keys of issuers. */
  @Override
  public void close() {
    for (TokenAuthenticator authenticator : outside) {
      if (authenticator instanceof JwtTokens tokens) {
        tokens.close();
      }
    }
  }
}
