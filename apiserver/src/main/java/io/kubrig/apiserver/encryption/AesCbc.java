package io.kubrig.apiserver.encryption;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-CBC with PKCS#7 padding, the initialization vector in front. It keeps a secret but does not notice changes; native has it for old
 * data.
 */
record AesCbc(SecretKeySpec key, SecureRandom random) implements ValueCipher {
  private static final int BLOCK = 16;

  @Override
  public byte[] encrypt(byte[] value, String place) throws GeneralSecurityException {
    byte[] vector = new byte[BLOCK];
    random.nextBytes(vector);
    return Bytes.join(vector, cipher(Cipher.ENCRYPT_MODE, vector, 0).doFinal(value));
  }

  @Override
  public byte[] decrypt(byte[] kept, String place) throws GeneralSecurityException {
    if (kept.length < BLOCK) {
      throw new GeneralSecurityException("the stored data was shorter than the required size");
    }
    if (kept.length % BLOCK != 0) {
      throw new GeneralSecurityException("the stored data is not a multiple of the block size");
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, kept, 0).doFinal(kept, BLOCK, kept.length - BLOCK);
    } catch (BadPaddingException e) {
      throw new GeneralSecurityException("invalid padding on input", e);
    }
  }

  private Cipher cipher(int mode, byte[] vector, int offset) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(mode, key, new IvParameterSpec(vector, offset, BLOCK));
    return cipher;
  }
}
