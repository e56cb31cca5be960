package io.kubrig.apiserver.authn;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.bouncycastle.jcajce.provider.asymmetric.util.EC5Util;
import org.bouncycastle.jce.spec.ECParameterSpec;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** The keys of service account tokens, and the two documents by which others find them. */
public final class ServiceAccountKeys {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final List<String> issuers;
  private final Supplier<Keys> source;
  private Keys keys; // null until they are needed; guarded by this

  /**
   * @param signing may be null: then tokens are only verified
   * @param verifying by key id
   */
  private record Keys(PrivateKey signing, String signingKeyId, Map<String, PublicKey> verifying) {
    static Keys of(PrivateKey signing, List<PublicKey> verifying) {
      Map<String, PublicKey> byId = new LinkedHashMap<>();
      for (PublicKey key : verifying) {
        byId.put(keyId(key), key);
      }
      return new Keys(signing, verifying.isEmpty() ? "" : keyId(verifying.getFirst()), byId);
    }
  }

  private ServiceAccountKeys(List<String> issuers, Supplier<Keys> source) {
    this.issuers = List.copyOf(issuers);
    this.source = source;
  }

  /**
   * Keys that are at hand.
   *
   * @param issuers the first signs, all are accepted
   * @param signing may be null: then tokens are only verified
   * @param verifying the public half of the signing key first
   */
  public static ServiceAccountKeys of(List<String> issuers, PrivateKey signing, List<PublicKey> verifying) {
    Keys known = Keys.of(signing, verifying);
    return new ServiceAccountKeys(issuers, () -> known);
  }

  /** One pair of keys that is made when the first token is signed or shown: a server that sees no tokens does not pay for it. */
  public static ServiceAccountKeys whenNeeded(List<String> issuers, Supplier<KeyPair> pair) {
    return new ServiceAccountKeys(issuers, () -> {
      KeyPair made = pair.get();
      return Keys.of(made.getPrivate(), List.of(made.getPublic()));
    });
  }

  private synchronized Keys keys() {
    if (keys == null) {
      keys = source.get();
    }
    return keys;
  }

  /** The first signs, all are accepted. */
  public List<String> issuers() {
    return issuers;
  }

  /** May be null: then tokens are only verified. */
  public PrivateKey signing() {
    return keys().signing();
  }

  /** "" when there is no key at all. */
  public String signingKeyId() {
    return keys().signingKeyId();
  }

  /** By key id. */
  public Map<String, PublicKey> verifying() {
    return keys().verifying();
  }

  /** The public key that belongs to a private one. */
  public static PublicKey publicHalf(PrivateKey key) {
    try {
      if (key instanceof RSAPrivateCrtKey rsa) {
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
      }
      if (key instanceof ECPrivateKey elliptic) {
        ECParameterSpec curve = EC5Util.convertSpec(elliptic.getParams());
        ECPoint point = EC5Util.convertPoint(new FixedPointCombMultiplier().multiply(curve.getG(), elliptic.getS()).normalize());
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, elliptic.getParams()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the service account key has no public half: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("service account keys are RSA or elliptic, not " + key.getAlgorithm());
  }

  /** As native derives it: the SHA-256 of the key's DER form. */
  static String keyId(PublicKey key) {
    return BASE64.encodeToString(Secrets.sha256(key.getEncoded()));
  }

  public String issuer() {
    return issuers.getFirst();
  }

  /** The JSON Web Key Set, {@code /openid/v1/jwks}. Media type: application/jwk-set+json. */
  public byte[] keySet() {
    List<Object> keys = new ArrayList<>();
    verifying().forEach((id, key) -> keys.add(webKey(id, key)));
    return Json.write(Tree.of("keys", keys));
  }

  /** The discovery document, {@code /.well-known/openid-configuration}. */
  public byte[] discovery(String keySetAddress) {
    TreeSet<String> algorithms = new TreeSet<>();
    verifying().values().forEach(key -> algorithms.add(Jwt.algorithmFor(key)));
    return Json.write(
        Tree.of(
            "issuer", issuer(),
            "jwks_uri", keySetAddress,
            "response_types_supported", new ArrayList<Object>(List.of("id_token")),
            "subject_types_supported", new ArrayList<Object>(List.of("public")),
            "id_token_signing_alg_values_supported", new ArrayList<Object>(algorithms)));
  }

  private static Tree webKey(String id, PublicKey key) {
    Tree common = Tree.of("use", "sig");
    switch (key) {
      case RSAPublicKey rsa -> {
        common.set("kty", "RSA").set("kid", id).set("alg", "RS256");
        common.set("n", number(rsa.getModulus(), 0)).set("e", number(rsa.getPublicExponent(), 0));
      }
      case ECPublicKey elliptic -> {
        int bits = elliptic.getParams().getCurve().getField().getFieldSize();
        int length = (bits + 7) / 8;
        common.set("kty", "EC").set("kid", id).set("crv", "P-" + bits).set("alg", Jwt.algorithmFor(key));
        common.set("x", number(elliptic.getW().getAffineX(), length)).set("y", number(elliptic.getW().getAffineY(), length));
      }
      default -> throw new IllegalArgumentException("service account keys are RSA or elliptic, not " + key.getAlgorithm());
    }
    return common;
  }

  private static String number(BigInteger value, int length) {
    byte[] bytes = value.toByteArray();
    int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    int count = Math.max(length, bytes.length - from);
    byte[] fixed = new byte[count];
    System.arraycopy(bytes, from, fixed, count - (bytes.length - from), bytes.length - from);
    return BASE64.encodeToString(fixed);
  }
}
