package io.kubrig.apiserver.encryption;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-GCM with a random nonce in front, bound to the place of the value. A key is good for some 2^32 values. */
record AesGcm(SecretKeySpec key, SecureRandom random) implements ValueCipher {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  @Override
  public byte[] encrypt(byte[] value, String place) throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    return Bytes.join(nonce, cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(value));
  }

  @Override
  public byte[] decrypt(byte[] kept, String place) throws GeneralSecurityException {
    if (kept.length < NONCE) {
      throw new GeneralSecurityException("the stored data was shorter than the required size");
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, kept, place).doFinal(kept, NONCE, kept.length - NONCE);
    } catch (AEADBadTagException e) {
      throw new GeneralSecurityException("cipher: message authentication failed", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce, 0, NONCE));
    cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
