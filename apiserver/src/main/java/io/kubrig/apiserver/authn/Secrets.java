package io.kubrig.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Handling of secret texts such that time tells nothing about them. */
final class Secrets {
  private Secrets() {}

  static boolean equal(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What stands for a secret in maps: looking it up takes a time that depends on nothing an attacker can choose bit by bit. */
  static String fingerprint(String secret) {
    return HexFormat.of().formatHex(sha256(secret.getBytes(UTF_8)));
  }
}
