package io.kubrig.apiserver.encryption;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * XSalsa20 and Poly1305 as NaCl's {@code crypto_secretbox} puts them together: nonce, tag, ciphertext. The first 32 bytes of the key
 * stream are the key of the tag.
 */
record Secretbox(byte[] key, SecureRandom random) implements ValueCipher {
  private static final int NONCE = 24;
  private static final int TAG = 16;
  private static final int TAG_KEY = 32;

  @Override
  public byte[] encrypt(byte[] value, String place) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    XSalsa20Engine stream = stream(nonce, 0);
    byte[] tagKey = tagKey(stream);
    byte[] kept = Arrays.copyOf(nonce, NONCE + TAG + value.length);
    stream.processBytes(value, 0, value.length, kept, NONCE + TAG);
    System.arraycopy(tag(tagKey, kept), 0, kept, NONCE, TAG);
    return kept;
  }

  @Override
  public byte[] decrypt(byte[] kept, String place) throws GeneralSecurityException {
    if (kept.length < NONCE + TAG) {
      throw new GeneralSecurityException("the stored data was shorter than the required size");
    }
    XSalsa20Engine stream = stream(kept, 0);
    byte[] tag = tag(tagKey(stream), kept);
    if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(kept, NONCE, NONCE + TAG))) {
      throw new GeneralSecurityException("output array was not large enough for encryption"); // native's words for a failed check
    }
    byte[] value = new byte[kept.length - NONCE - TAG];
    stream.processBytes(kept, NONCE + TAG, value.length, value, 0);
    return value;
  }

  private XSalsa20Engine stream(byte[] nonce, int offset) {
    XSalsa20Engine stream = new XSalsa20Engine();
    stream.init(true, new ParametersWithIV(new KeyParameter(key), nonce, offset, NONCE));
    return stream;
  }

  private static byte[] tagKey(XSalsa20Engine stream) {
    byte[] tagKey = new byte[TAG_KEY];
    stream.processBytes(new byte[TAG_KEY], 0, TAG_KEY, tagKey, 0);
    return tagKey;
  }

  private static byte[] tag(byte[] tagKey, byte[] kept) {
    Poly1305 mac = new Poly1305();
    mac.init(new KeyParameter(tagKey));
    mac.update(kept, NONCE + TAG, kept.length - NONCE - TAG);
    byte[] tag = new byte[TAG];
    mac.doFinal(tag, 0);
    return tag;
  }
}
