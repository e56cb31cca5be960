package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.RequestHeader;
import io.kubrig.apiserver.authn.ServiceAccountKeys;
import io.kubrig.apiserver.authn.StaticTokens;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What authentication and authorization are made of.
 *
 * @param clientAuthorities who signs client certificates; empty switches them off
 * @param audiences of service account tokens for this API
 * @param modes in the order in which they are asked
 * @param maxTokenExpiration zero for no bound
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
    List<Mode> modes) {

  /** An authorizer of {@code --authorization-mode}. */
  public enum Mode {
    ALWAYS_ALLOW,
    ALWAYS_DENY,
    NODE,
    RBAC
  }
}
