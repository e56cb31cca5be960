package io.kubrig.apiserver.encryption;

import java.io.IOException;
import java.util.Map;

/** A key management service, version 2: wraps keys with one of its own. Safe for concurrent use. (Source: k8s.io/kms/apis/v2.) */
interface KmsPlugin extends AutoCloseable {

  /**
   * @param version of the protocol: v2, or v2beta1
   * @param healthz "ok", or what is wrong
   * @param keyId of the key that is used today
   */
  record Status(String version, String healthz, String keyId) {}

  /**
   * A wrapped key.
   *
   * @param annotations what the service wants to be told again when it unwraps
   */
  record Wrapped(String keyId, byte[] ciphertext, Map<String, byte[]> annotations) {}

  Status status() throws IOException;

  Wrapped encrypt(byte[] plaintext, String uid) throws IOException;

  byte[] decrypt(Wrapped wrapped, String uid) throws IOException;

  @Override
  void close();
}
