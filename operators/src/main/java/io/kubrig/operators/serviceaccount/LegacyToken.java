package io.kubrig.operators.serviceaccount;

import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.operators.engine.Objects;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
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

  /** A signer with the key in a file (RSA; the public half names the key). */
  static LegacyToken of(Path file) {
    PrivateKey key = PemFiles.privateKey(file);
    return new LegacyToken(key, keyId(publicKey(key, file)));
  }

  private static PublicKey publicKey(PrivateKey key, Path file) {
    try {
      if (key instanceof RSAPrivateCrtKey rsa) {
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK offers no RSA keys", e);
    }
    throw new IllegalArgumentException(file + ": tokens of service accounts are signed with an RSA key; this is " + key.getAlgorithm()
        + (key instanceof ECPrivateKey ? " (not supported yet)" : ""));
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
    header.put("alg", "RS256");
    header.put("kid", keyId);
    String signed = part(header) + "." + part(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key cannot sign", e);
    }
  }

  private static String part(Map<String, Object> tree) {
    return BASE64.encodeToString(Objects.patch(tree).getBytes(StandardCharsets.UTF_8));
  }
}
