package io.kubrig.apiserver.encryption;

import io.kubrig.apiserver.validation.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is kept of a value whose key a key management service has wrapped: the value, and all that is needed to have the key unwrapped.
 * (Source: apiserver/pkg/storage/value/encrypt/envelope/kmsv2.)
 *
 * @param seeded whether the wrapped key is a seed for the keys of many values, rather than the key of the value
 */
record EncryptedObject(byte[] data, KmsPlugin.Wrapped source, boolean seeded) {
  private static final int MAX_SOURCE = 1024;
  private static final int MAX_KEY_ID = 1024;
  private static final int MAX_ANNOTATIONS = 32 * 1024;
  private static final int ANNOTATIONS = 4;

  byte[] encoded() {
    return new KmsMessages.Writer().bytes(1, data).text(2, source.keyId()).bytes(3, source.ciphertext())
        .map(ANNOTATIONS, source.annotations()).number(5, seeded ? 1 : 0).done();
  }

  /** @throws GeneralSecurityException when the bytes are none */
  static EncryptedObject decoded(byte[] kept) throws GeneralSecurityException {
    try {
      KmsMessages.Fields fields = KmsMessages.read(kept, ANNOTATIONS);
      long type = fields.number(5);
      if (type != 0 && type != 1) {
        throw new GeneralSecurityException("unknown encryptedDEKSourceType: " + type);
      }
      if (fields.bytes(1).length == 0) {
        throw new GeneralSecurityException("encrypted data is empty");
      }
      KmsPlugin.Wrapped source = new KmsPlugin.Wrapped(fields.text(2), fields.bytes(3), fields.map(ANNOTATIONS));
      check(source);
      return new EncryptedObject(fields.bytes(1), source, type == 1);
    } catch (IOException e) {
      throw new GeneralSecurityException("proto: cannot parse invalid wire-format data", e);
    }
  }

  /** What the service answered must be small enough to be kept with every value. */
  static void check(KmsPlugin.Wrapped source) throws GeneralSecurityException {
    if (source.ciphertext().length == 0) {
      throw new GeneralSecurityException("failed to validate encrypted DEK source: encrypted DEK source is empty");
    }
    if (source.ciphertext().length > MAX_SOURCE) {
      throw new GeneralSecurityException("failed to validate encrypted DEK source: encrypted DEK source is " + source.ciphertext().length
          + " bytes, which exceeds the max size of " + MAX_SOURCE);
    }
    String wrong = wrongKeyId(source.keyId());
    if (!wrong.isEmpty()) {
      throw new GeneralSecurityException("failed to validate key id: " + wrong);
    }
    long size = 0;
    for (Map.Entry<String, byte[]> annotation : source.annotations().entrySet()) {
      if (!annotation.getKey().contains(".") || !Names.dnsSubdomain(annotation.getKey()).isEmpty()) {
        throw new GeneralSecurityException("failed to validate annotations: annotations: Invalid value: \"" + annotation.getKey()
            + "\": should be a domain with at least two segments separated by dots");
      }
      size += annotation.getKey().length() + annotation.getValue().length;
    }
    if (size > MAX_ANNOTATIONS) {
      throw new GeneralSecurityException("failed to validate annotations: total size of annotations is " + size
          + ", which exceeds the max size of " + MAX_ANNOTATIONS);
    }
  }

  /** What is wrong with the name of a key; "" for nothing. */
  static String wrongKeyId(String keyId) {
    int length = keyId.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0) {
      return "keyID is empty";
    }
    return length > MAX_KEY_ID ? "keyID is " + length + " bytes, which exceeds the max size of " + MAX_KEY_ID : "";
  }

  /** Tells one wrapped key from others. */
  String sourceName() {
    StringBuilder name = new StringBuilder(seeded ? "seed " : "key ");
    name.append(HexFormat.of().formatHex(source.ciphertext())).append(' ').append(source.keyId());
    new TreeMap<>(source.annotations())
        .forEach((key, value) -> name.append(' ').append(key).append('=').append(HexFormat.of().formatHex(value)));
    return name.toString();
  }
}
