package io.kubrig.apiserver.encryption;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What metrics and messages say of something that they must not say itself. */
public final class Sha256 {
  private Sha256() {}

  /** {@code sha256:} and the digest in hexadecimal; "" for nothing. */
  public static String of(String text) {
    if (text.isEmpty()) {
      return "";
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
