package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.RequestHeader;
import io.kubrig.apiserver.authn.ServiceAccountKeys;
import io.kubrig.apiserver.authn.StaticTokens;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.pki.ClusterPki;
import io.kubrig.machinery.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the flags, files and keys that authentication and authorization are made of. */
final class SecurityFlags {
  private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

  private final ApiServerFlags flags;
  private final ParsedFlags parsed;
  private final ClusterPki pki;
  private final Environment environment;

  SecurityFlags(ApiServerFlags flags, ParsedFlags parsed, ClusterPki pki, Environment environment) {
    this.environment = environment;
    this.flags = flags;
    this.parsed = parsed;
    this.pki = pki;
  }

  SecuritySettings read() throws IOException {
    List<String> issuers = parsed.isSet(flags.issuers) ? parsed.value(flags.issuers) : List.of(ISSUER);
    List<String> audiences = parsed.isSet(flags.apiAudiences) ? parsed.value(flags.apiAudiences) : issuers;
    AuthenticationFlags.Read outside = new AuthenticationFlags(flags, parsed, environment).read(issuers);
    return new SecuritySettings(
        staticTokens(),
        clientAuthorities(),
        requestHeader(),
        parsed.value(flags.bootstrapTokens),
        outside.anonymous(),
        keys(issuers),
        audiences,
        parsed.value(flags.maxTokenExpiration),
        parsed.value(flags.extendTokenExpiration),
        new AuthorizationFlags(flags, parsed, environment).modes(),
        outside.tokens(),
        outside.anonymousPaths(),
        List.of());
  }

  private Optional<StaticTokens> staticTokens() throws IOException {
    String file = parsed.value(flags.tokenAuthFile);
    return file.isEmpty() ? Optional.empty() : Optional.of(StaticTokens.read(Path.of(file)));
  }

  private List<X509Certificate> clientAuthorities() {
    String file = parsed.value(flags.clientCaFile);
    return file.isEmpty() ? List.of(pki.authority().certificate()) : PemFiles.certificates(Path.of(file));
  }

  private Optional<RequestHeader.Settings> requestHeader() {
    String file = parsed.value(flags.requestHeaderCa);
    if (file.isEmpty() && parsed.isSet(flags.requestHeaderUser)) {
      throw new FlagException("--requestheader-client-ca-file is required when --requestheader-username-headers is set");
    }
    Path authority = file.isEmpty() ? pki.file("front-proxy-ca.crt") : Path.of(file);
    return Optional.of(
        new RequestHeader.Settings(
            PemFiles.certificates(authority),
            orElse(parsed.value(flags.requestHeaderNames), file.isEmpty() ? List.of("front-proxy-client") : List.of()),
            orElse(parsed.value(flags.requestHeaderUser), List.of("X-Remote-User")),
            parsed.value(flags.requestHeaderUid),
            orElse(parsed.value(flags.requestHeaderGroup), List.of("X-Remote-Group")),
            orElse(parsed.value(flags.requestHeaderExtra), List.of("X-Remote-Extra-"))));
  }

  private static List<String> orElse(List<String> value, List<String> otherwise) {
    return value.isEmpty() ? otherwise : value;
  }

  private ServiceAccountKeys keys(List<String> issuers) {
    String signing = parsed.value(flags.serviceAccountSigningKey);
    Path signingFile = signing.isEmpty() ? pki.file("sa.key") : Path.of(signing);
    PrivateKey key = PemFiles.privateKey(signingFile);
    List<PublicKey> verifying = new ArrayList<>();
    List<String> files = parsed.value(flags.serviceAccountKeys);
    if (files.isEmpty()) {
      verifying.add(ServiceAccountKeys.publicHalf(key));
    }
    files.forEach(file -> verifying.addAll(PemFiles.publicKeys(Path.of(file))));
    return ServiceAccountKeys.of(issuers, key, verifying);
  }
}
