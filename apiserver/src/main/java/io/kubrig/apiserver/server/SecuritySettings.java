package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.RequestAuthenticator;
import io.kubrig.apiserver.authn.RequestHeader;
import io.kubrig.apiserver.authn.ServiceAccountKeys;
import io.kubrig.apiserver.authn.StaticTokens;
import io.kubrig.apiserver.authn.TokenAuthenticator;
import io.kubrig.apiserver.authz.Authorizer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What authentication and authorization are made of.
 *
 * @param clientAuthorities who signs client certificates; empty switches them off
 * @param audiences of service account tokens for this API
 * @param modes in the order in which they are asked
 * @param maxTokenExpiration zero for no bound
 * @param outside authenticators of tokens that others have issued, asked last, in this order
 * @param anonymousPaths the only ones for which anonymous requests are admitted; empty for all
 * @param own authenticators of whoever runs the server within a program of his own; asked first
 */
public record SecuritySettings(
    Optional<StaticTokens> staticTokens,
    List<X509Certificate> clientAuthorities,
    Optional<RequestHeader.Settings> requestHeader,
    boolean bootstrapTokens,
    boolean anonymous,
    ServiceAccountKeys serviceAccountKeys,
    List<String> audiences,
    Duration maxTokenExpiration,
    boolean extendTokenExpiration,
    List<Mode> modes,
    List<TokenAuthenticator> outside,
    List<String> anonymousPaths,
    List<RequestAuthenticator> own) {

  /** Without anything outside the server. */
  public SecuritySettings(
      Optional<StaticTokens> staticTokens,
      List<X509Certificate> clientAuthorities,
      Optional<RequestHeader.Settings> requestHeader,
      boolean bootstrapTokens,
      boolean anonymous,
      ServiceAccountKeys serviceAccountKeys,
      List<String> audiences,
      Duration maxTokenExpiration,
      boolean extendTokenExpiration,
      List<Mode> modes) {
    this(
        staticTokens, clientAuthorities, requestHeader, bootstrapTokens, anonymous, serviceAccountKeys, audiences, maxTokenExpiration,
            extendTokenExpiration,
        modes, List.of(), List.of(), List.of());
  }

  /** An authorizer of {@code --authorization-mode} or of an AuthorizationConfiguration. */
  public sealed interface Mode {
    Mode ALWAYS_ALLOW = BuiltIn.ALWAYS_ALLOW;
    Mode ALWAYS_DENY = BuiltIn.ALWAYS_DENY;
    Mode NODE = BuiltIn.NODE;
    Mode RBAC = BuiltIn.RBAC;

    /** One that the server makes, of stored objects where it needs any. */
    enum BuiltIn implements Mode {
      ALWAYS_ALLOW,
      ALWAYS_DENY,
      NODE,
      RBAC;

      /** As configurations name it. */
      String shown() {
        return switch (this) {
          case ALWAYS_ALLOW -> "AlwaysAllow";
          case ALWAYS_DENY -> "AlwaysDeny";
          case NODE -> "Node";
          case RBAC -> "RBAC";
        };
      }
    }

    /** One that is made already: of a policy file, or one that asks a server. */
    record Given(Authorizer authorizer) implements Mode {}

    /**
     * Several that a file names, which can change.
     *
     * @param first as the file names them at the start
     * @param follow has further lists used, until what it answers is closed; a list that cannot be used is refused by an
     *     IllegalArgumentException
     */
    record Followed(List<Mode> first, Function<Consumer<List<Mode>>, AutoCloseable> follow) implements Mode {}
  }
}
