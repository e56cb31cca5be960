package io.kubrig.operators.serviceaccount;

import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PublicHalf;
import io.kubrig.operators.engine.Objects;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Signs the tokens of old, which live as long as their Secret (RFC 7519). */
final class LegacyToken {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String PREFIX = "kubernetes.io/serviceaccount/";

  private final PrivateKey key;
  private final String keyId;

  private LegacyToken(PrivateKey key, String keyId) {
    this.key = key;
    this.keyId = keyId;
  }

  /** A signer with the key in a file, RSA or ECDSA; the public half names the key. */
  static LegacyToken of(Path file) {
    return of(PemFiles.privateKey(file));
  }

  static LegacyToken of(PrivateKey key) {
    return new LegacyToken(key, keyId(PublicHalf.of(key)));
  }

  private static String keyId(PublicKey key) {
    try {
      return BASE64.encodeToString(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK offers no SHA-256", e);
    }
  }

  /** The token of a Secret for an account. */
  String issue(String namespace, String account, String uid, String secret) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", "kubernetes/serviceaccount");
    claims.put(PREFIX + "namespace", namespace);
    claims.put(PREFIX + "secret.name", secret);
    claims.put(PREFIX + "service-account.name", account);
    claims.put(PREFIX + "service-account.uid", uid);
    claims.put("sub", "system:serviceaccount:" + namespace + ":" + account);
    Map<String, Object> header = new LinkedHashMap<>();
    Algorithm algorithm = algorithm();
    header.put("alg", algorithm.name());
    header.put("kid", keyId);
    String signed = part(header) + "." + part(claims);
    try {
      Signature signature = Signature.getInstance(algorithm.javaName());
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key cannot sign", e);
    }
  }

  /** How tokens are signed. @param name as tokens name it (RFC 7518) */
  private record Algorithm(String name, String javaName) {}

  private Algorithm algorithm() {
    if (!(key instanceof ECPrivateKey elliptic)) {
      return new Algorithm("RS256", "SHA256withRSA");
    }
    return switch (elliptic.getParams().getCurve().getField().getFieldSize()) {
      case 256 -> new Algorithm("ES256", "SHA256withECDSAinP1363Format");
      case 384 -> new Algorithm("ES384", "SHA384withECDSAinP1363Format");
      case 521 -> new Algorithm("ES512", "SHA512withECDSAinP1363Format");
      default -> throw new IllegalStateException("tokens are signed with ECDSA keys on P-256, P-384 and P-521 only");
    };
  }

  private static String part(Map<String, Object> tree) {
    return BASE64.encodeToString(Objects.patch(tree).getBytes(StandardCharsets.UTF_8));
  }
}
