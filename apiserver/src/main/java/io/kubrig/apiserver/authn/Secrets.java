package io.kubrig.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Handling of secret texts such that time tells nothing about them. */
final class Secrets {
  /** Cloned for each use, which takes a fraction of looking for a provider. */
  private static final MessageDigest FRESH = fresh();

  private Secrets() {}

  static boolean equal(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return ((MessageDigest) FRESH.clone()).digest(bytes);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the SHA-256 of the Java platform can be cloned", e);
    }
  }

  private static MessageDigest fresh() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What stands for a secret in maps: looking it up takes a time that depends on nothing an attacker can choose bit by bit. */
  static String fingerprint(String secret) {
    return HexFormat.of().formatHex(sha256(secret.getBytes(UTF_8)));
  }
}
