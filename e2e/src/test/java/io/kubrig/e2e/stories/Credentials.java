package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.machinery.pki.PemFiles;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** What stories compare of certificates, tokens and signatures. */
final class Credentials {
  private static final List<String> KEY_USAGES =
      List.of("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign");
  private static final List<String> COMPARED = List.of("digitalSignature", "keyEncipherment", "keyCertSign", "cRLSign");
  private static final Map<String, String> EXTENDED =
      Map.of("1.3.6.1.5.5.7.3.1", "serverAuth", "1.3.6.1.5.5.7.3.2", "clientAuth", "1.3.6.1.5.5.7.3.3", "codeSigning");
  private static final Map<String, String> ATTRIBUTES = Map.of("CN", "commonName", "O", "organizationName", "OU", "organizationalUnitName");
  private static final int DNS = 2;

  private Credentials() {}

  /** A certificate: names, usages and lifetime in steps of five minutes. */
  static JsonNode certificate(String pem, Instant now) {
    try {
      X509Certificate certificate = PemFiles.certificates(pem, "a story").getFirst();
      ObjectNode shape = Json.object();
      shape.set("subject", names(certificate.getSubjectX500Principal().getName()));
      shape.set("issuer", names(certificate.getIssuerX500Principal().getName()));
      ArrayNode alternatives = shape.putArray("san");
      if (certificate.getSubjectAlternativeNames() != null) {
        certificate.getSubjectAlternativeNames()
            .forEach(name -> alternatives.add((Integer.valueOf(DNS).equals(name.getFirst()) ? "DNS:" : "IP Address:") + name.get(1)));
      }
      List<String> extended = certificate.getExtendedKeyUsage() == null ? List.of() : certificate.getExtendedKeyUsage();
      ArrayNode uses = shape.putArray("extKeyUsage");
      List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.3").stream().filter(extended::contains).map(EXTENDED::get)
          .forEach(uses::add);
      boolean[] bits = certificate.getKeyUsage();
      if (bits == null) {
        shape.put("keyUsage", "");
      } else {
        ArrayNode usages = shape.putArray("keyUsage");
        COMPARED.stream().filter(usage -> bits[KEY_USAGES.indexOf(usage)]).forEach(usages::add);
      }
      shape.put("ca", certificate.getBasicConstraints() >= 0);
      Instant end = certificate.getNotAfter().toInstant();
      shape.put("lifetimeMinutes", minutes(Duration.between(certificate.getNotBefore().toInstant(), end)));
      shape.put("lastsFromNowMinutes", minutes(Duration.between(now, end)));
      shape.put("version", certificate.getVersion());
      return shape;
    } catch (GeneralSecurityException e) {
      throw new StoryException("no certificate: " + e.getMessage());
    }
  }

  private static int minutes(Duration time) {
    return Math.toIntExact(Math.round(time.toSeconds() / 300.0) * 5);
  }

  private static ArrayNode names(String name) {
    ArrayNode names = Json.MAPPER.createArrayNode();
    try {
      for (Rdn rdn : new LdapName(name).getRdns()) {
        names.add(ATTRIBUTES.getOrDefault(rdn.getType(), rdn.getType()) + "=" + rdn.getValue());
      }
    } catch (InvalidNameException e) {
      throw new IllegalArgumentException(name, e);
    }
    return names;
  }

  /** The claims of a token, and how it is signed. */
  static JsonNode token(String token) {
    String[] parts = token.split("\\.");
    JsonNode header = decoded(parts[0]);
    ObjectNode shape = Json.object();
    shape.set("alg", header.path("alg"));
    shape.put("kid", Json.isSomething(header.path("kid")) ? "<present>" : null);
    shape.set("claims", decoded(parts[1]));
    return shape;
  }

  private static JsonNode decoded(String part) {
    return Json.parse(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
  }

  /**
   * What is wrong with the signature of {@code cluster-info}, a detached JWS (HS256) of its kubeconfig; empty when nothing is.
   *
   * @param wanted {@code id} and {@code secret} of the token, or {@code absent}
   */
  static String fault(JsonNode clusterInfo, JsonNode wanted) {
    JsonNode data = clusterInfo.path("data");
    String id = wanted.path("id").asText();
    JsonNode signature = data.path("jws-kubeconfig-" + id);
    if (wanted.path("absent").asBoolean()) {
      return signature.isMissingNode() ? "" : "still there";
    }
    if (signature.isMissingNode()) {
      return "no signature";
    }
    String[] parts = signature.asText().split("\\.", -1);
    Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
    String signed = parts[0] + "." + text.encodeToString(data.path("kubeconfig").asText().getBytes(StandardCharsets.UTF_8));
    if (!decoded(parts[0]).equals(Json.object("{\"alg\": \"HS256\", \"kid\": \"%s\"}", id))) {
      return "header " + parts[0];
    }
    byte[] mac = mac(wanted.path("secret").asText(), signed);
    return parts[1].isEmpty() && parts[2].equals(text.encodeToString(mac)) ? "" : "wrong signature, not " + HexFormat.of().formatHex(mac);
  }

  private static byte[] mac(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
