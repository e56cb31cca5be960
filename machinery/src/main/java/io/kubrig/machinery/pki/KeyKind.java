package io.kubrig.machinery.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;

/** The two kinds of keys that every Kubernetes client and server understands. */
public enum KeyKind {
  /** ECDSA on P-256: made in a millisecond and quick to sign with. */
  EC("EC", 256),
  /** RSA of 2048 bits: what clients that know no elliptic curves need. */
  RSA("RSA", 2048);

  private final String algorithm;
  private final int bits;

  KeyKind(String algorithm, int bits) {
    this.algorithm = algorithm;
    this.bits = bits;
  }

  /** A new key pair. */
  public KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK offers no " + algorithm + " keys of " + bits + " bits", e);
    }
  }
}
