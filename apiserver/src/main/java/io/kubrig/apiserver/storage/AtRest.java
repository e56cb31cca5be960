package io.kubrig.apiserver.storage;

import java.io.IOException;
import java.util.Arrays;

/** What values look like where they are kept: as they are, or encrypted. Safe for concurrent use. */
public interface AtRest {

  /**
   * What is kept for a value.
   *
   * @param key as the keyspace has it: says which resource the value is of
   * @param place the key where the value is kept; an encrypted value can be moved to no other
   */
  byte[] seal(String key, String place, byte[] value);

  /**
   * Whether values of a key can be sealed now: asked before each write.
   *
   * @throws IOException when they cannot, with the reason
   */
  default void ready(String key) throws IOException {}

  /**
   * The value of what is kept.
   *
   * @throws UnreadableValueException when it cannot be decrypted
   */
  Opened open(String key, String place, byte[] kept);

  /** @param outdated whether it would be kept otherwise today: with another key or provider */
  record Opened(byte[] value, boolean outdated) {}

  /** Keeps values as they are, and does not take encrypted ones for such. */
  AtRest PLAIN =
      new AtRest() {
        @Override
        public byte[] seal(String key, String place, byte[] value) {
          return value;
        }

        @Override
        public Opened open(String key, String place, byte[] kept) {
          return new Opened(notEncrypted(kept), false);
        }
      };

  /** @throws UnreadableValueException when a value is encrypted after all */
  static byte[] notEncrypted(byte[] kept) {
    byte[] mark = {'k', '8', 's', ':', 'e', 'n', 'c', ':'};
    if (kept.length >= mark.length && Arrays.equals(kept, 0, mark.length, mark, 0, mark.length)) {
      throw new UnreadableValueException("identity transformer tried to read encrypted data");
    }
    return kept;
  }
}
