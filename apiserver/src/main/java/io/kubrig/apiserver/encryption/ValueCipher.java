package io.kubrig.apiserver.encryption;

import java.security.GeneralSecurityException;

/** One key of one provider. Safe for concurrent use. */
interface ValueCipher {

  /** @param place where the value is kept; some ciphers bind the value to it */
  byte[] encrypt(byte[] value, String place) throws GeneralSecurityException;

  /** @throws GeneralSecurityException when the bytes were not encrypted with this key, or changed since */
  byte[] decrypt(byte[] kept, String place) throws GeneralSecurityException;
}
