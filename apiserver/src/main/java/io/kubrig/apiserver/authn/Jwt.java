package io.kubrig.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A JSON Web Token in compact form (RFC 7519, RFC 7515), taken apart and not yet believed.
 *
 * @param signed what the signature is over
 */
public record Jwt(Tree header, Tree claims, byte[] signed, byte[] signature) {
  private static final Limits SMALL = new Limits(64 * 1024, 16, 4096);

  /** JCA names by JOSE name; no "none", no symmetric ones. */
  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "RS256", "SHA256withRSA",
          "RS384", "SHA384withRSA",
          "RS512", "SHA512withRSA",
          "PS256", "RSASSA-PSS",
          "PS384", "RSASSA-PSS",
          "PS512", "RSASSA-PSS",
          "ES256", "SHA256withECDSAinP1363Format",
          "ES384", "SHA384withECDSAinP1363Format",
          "ES512", "SHA512withECDSAinP1363Format");

  private static final Map<String, PSSParameterSpec> PSS =
      Map.of("PS256", pss("SHA-256", 32), "PS384", pss("SHA-384", 48), "PS512", pss("SHA-512", 64));

  private static PSSParameterSpec pss(String hash, int salt) {
    return new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, PSSParameterSpec.TRAILER_FIELD_BC);
  }

  /** The algorithms that a signature may be made with. */
  public static Set<String> algorithms() {
    return ALGORITHMS.keySet();
  }

  /** Empty when it is not a token in compact form. */
  public static Optional<Jwt> parse(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      Base64.Decoder decoder = Base64.getUrlDecoder();
      byte[] signed = token.substring(0, parts[0].length() + 1 + parts[1].length()).getBytes(UTF_8);
      if (Json.read(decoder.decode(parts[0]), SMALL) instanceof Tree header
          && Json.read(decoder.decode(parts[1]), SMALL) instanceof Tree claims) {
        return Optional.of(new Jwt(header, claims, signed, decoder.decode(parts[2])));
      }
    } catch (IllegalArgumentException | JsonException malformed) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  public String algorithm() {
    return header.string("alg");
  }

  /** Whether one key made the signature. */
  public boolean isSignedBy(PublicKey key) {
    String name = ALGORITHMS.get(algorithm());
    boolean fits = name != null
        && (algorithm().charAt(1) == 'S' && algorithm().charAt(0) != 'E' ? key instanceof RSAKey : key instanceof ECKey);
    if (!fits) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance(name);
      if (PSS.containsKey(algorithm())) {
        verifier.setParameter(PSS.get(algorithm()));
      }
      verifier.initVerify(key);
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }

  /** The aud claim, which may be one text or a list. */
  public List<String> audiences() {
    return claims.get("aud") instanceof String one ? List.of(one) : claims.strings("aud");
  }

  static String sign(Tree header, Tree claims, PrivateKey key) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String signed = encoder.encodeToString(Json.write(header)) + "." + encoder.encodeToString(Json.write(claims));
    try {
      Signature signer = Signature.getInstance(ALGORITHMS.get(header.string("alg")));
      signer.initSign(key);
      signer.update(signed.getBytes(UTF_8));
      return signed + "." + encoder.encodeToString(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the signing key does not fit " + header.string("alg"), e);
    }
  }

  /** The algorithm that goes with a key. */
  static String algorithmFor(java.security.Key key) {
    if (key instanceof ECKey elliptic) {
      int bits = elliptic.getParams().getCurve().getField().getFieldSize();
      return bits <= 256 ? "ES256" : bits <= 384 ? "ES384" : "ES512";
    }
    return "RS256";
  }
}
