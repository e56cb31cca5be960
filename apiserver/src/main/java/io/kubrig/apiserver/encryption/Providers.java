package io.kubrig.apiserver.encryption;

import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.apiserver.storage.UnreadableValueException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The providers of one list of resources: the first key of the first one encrypts, any of them decrypts. (Source:
 * apiserver/pkg/storage/value.)
 *
 * @param all in the order of the configuration, at least one
 */
record Providers(List<Provider> all) {

  /** How some values are kept. */
  sealed interface Provider {

    /** As they are. */
    record Identity() implements Provider {}

    /**
     * Encrypted with one of several keys.
     *
     * @param prefix {@code k8s:enc:aescbc:v1:}
     * @param family what complaints call it: AES, Secretbox
     * @param keys the first encrypts
     */
    record Keys(String prefix, String family, List<Key> keys) implements Provider {}

    /** With keys that a key management service wraps. */
    record Kms(String prefix, KmsEnvelope envelope) implements Provider {}
  }

  /** A named key. */
  record Key(String name, ValueCipher cipher) {

    byte[] prefix() {
      return (name + ":").getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Of several lists that name the same resource, one after the other. */
  Providers and(Providers more) {
    List<Provider> joined = new ArrayList<>(all);
    joined.addAll(more.all);
    return new Providers(List.copyOf(joined));
  }

  byte[] seal(String place, byte[] value) {
    return switch (all.getFirst()) {
      case Provider.Identity ignored -> value;
      case Provider.Keys keys -> {
        Key key = keys.keys().getFirst();
        try {
          yield Bytes.join(Bytes.join(prefix(keys), key.prefix()), key.cipher().encrypt(value, place));
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException("a cipher of every Java runtime does not work", e);
        }
      }
      case Provider.Kms kms -> {
        try {
          yield Bytes.join(bytes(kms.prefix()), kms.envelope().seal(place, value));
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException("a value was to be written before its key was there: " + e.getMessage(), e);
        }
      }
    };
  }

  /** @throws IOException when no value can be encrypted now */
  void ready() throws IOException {
    if (all.getFirst() instanceof Provider.Kms kms) {
      kms.envelope().ready();
    }
  }

  private static byte[] bytes(String prefix) {
    return prefix.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] prefix(Provider.Keys keys) {
    return bytes(keys.prefix());
  }

  /** @throws UnreadableValueException when no provider can decrypt it */
  AtRest.Opened open(String place, byte[] kept) {
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      switch (all.get(i)) {
        case Provider.Identity ignored -> {
          try {
            return new AtRest.Opened(AtRest.notEncrypted(kept), i > 0);
          } catch (UnreadableValueException e) {
            continue; // encrypted: some other provider's
          }
        }
        case Provider.Keys keys -> {
          if (Bytes.begins(kept, prefix(keys))) {
            try {
              return decrypt(keys, place, Arrays.copyOfRange(kept, prefix(keys).length, kept.length), i > 0);
            } catch (GeneralSecurityException e) {
              failures.add(e.getMessage());
            }
          }
        }
        case Provider.Kms kms -> {
          byte[] prefix = bytes(kms.prefix());
          if (Bytes.begins(kept, prefix)) {
            try {
              AtRest.Opened opened = kms.envelope().open(place, Arrays.copyOfRange(kept, prefix.length, kept.length));
              return new AtRest.Opened(opened.value(), opened.outdated() || i > 0);
            } catch (GeneralSecurityException e) {
              failures.add(e.getMessage());
            }
          }
        }
      }
    }
    throw new UnreadableValueException(failures.isEmpty() ? "no matching prefix found" : said(failures));
  }

  private static String said(List<String> failures) {
    return failures.size() == 1 ? failures.getFirst() : "[" + String.join(", ", failures) + "]";
  }

  private static AtRest.Opened decrypt(Provider.Keys keys, String place, byte[] kept, boolean outdated) throws GeneralSecurityException {
    GeneralSecurityException failure =
        new GeneralSecurityException("no matching key was found for the provided " + keys.family() + " transformer");
    for (int i = 0; i < keys.keys().size(); i++) {
      Key key = keys.keys().get(i);
      byte[] prefix = key.prefix();
      if (Bytes.begins(kept, prefix)) {
        try {
          return new AtRest.Opened(key.cipher().decrypt(Arrays.copyOfRange(kept, prefix.length, kept.length), place), outdated || i > 0);
        } catch (GeneralSecurityException e) {
          failure = e;
        }
      }
    }
    throw failure;
  }
}
