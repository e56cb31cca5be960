package io.kubrig.operators.bootstraptoken;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A JSON web signature without its payload (RFC 7515, appendix F), by HMAC with SHA-256. */
final class DetachedJws {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private DetachedJws() {}

  static String sign(String payload, String keyId, String key) {
    String header = BASE64.encodeToString(("{\"alg\":\"HS256\",\"kid\":\"" + keyId + "\"}").getBytes(StandardCharsets.UTF_8));
    String signed = header + "." + BASE64.encodeToString(payload.getBytes(StandardCharsets.UTF_8));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return header + ".." + BASE64.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK offers no HMAC with SHA-256", e);
    }
  }
}
