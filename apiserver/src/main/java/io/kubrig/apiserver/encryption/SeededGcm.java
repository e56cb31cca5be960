package io.kubrig.apiserver.encryption;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-GCM with a key of its own for each value, derived (HKDF-Expand, SHA-256) from a seed and from random bytes in front of the value. The
 * number of values that one seed is good for is out of reach.
 */
record SeededGcm(byte[] seed, SecureRandom random) implements ValueCipher {
  static final int SEED = 32;
  private static final int INFO = 32;

  SeededGcm {
    if (seed.length < SEED) {
      throw new IllegalArgumentException("invalid seed length " + seed.length + " used for key generation");
    }
  }

  @Override
  public byte[] encrypt(byte[] value, String place) throws GeneralSecurityException {
    byte[] info = new byte[INFO];
    random.nextBytes(info);
    return Bytes.join(info, derived(info).encrypt(value, place));
  }

  @Override
  public byte[] decrypt(byte[] kept, String place) throws GeneralSecurityException {
    if (kept.length < INFO) {
      throw new GeneralSecurityException("the stored data was shorter than the required size");
    }
    return derived(Arrays.copyOf(kept, INFO)).decrypt(Arrays.copyOfRange(kept, INFO, kept.length), place);
  }

  private AesGcm derived(byte[] info) throws GeneralSecurityException {
    return new AesGcm(new SecretKeySpec(expanded(seed, info), "AES"), random);
  }

  /** HKDF-Expand (RFC 5869): its first block, which is as long as the key. */
  static byte[] expanded(byte[] seed, byte[] info) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(seed, "HmacSHA256"));
    mac.update(info);
    mac.update((byte) 1);
    return mac.doFinal();
  }
}
