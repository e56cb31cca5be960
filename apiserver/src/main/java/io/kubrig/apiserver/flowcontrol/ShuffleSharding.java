package io.kubrig.apiserver.flowcontrol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Deals each flow a hand of queues: two flows rarely have the whole hand in common, so that one that floods its queues leaves the others a
 * free one. (Source: KEP-1040; Fisher-Yates by the digits of a hash.)
 */
final class ShuffleSharding {
  private ShuffleSharding() {}

  /** The hash of a flow; never negative. */
  static long hash(String schema, String flow) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest((schema + "," + flow).getBytes(StandardCharsets.UTF_8));
      long hash = 0;
      for (int i = Long.BYTES - 1; i >= 0; i--) {
        hash = hash << Byte.SIZE | digest[i] & 0xff;
      }
      return hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Different queues out of {@code queues}, always the same for a hash. */
  static int[] hand(long hash, int queues, int size) {
    int[] hand = new int[Math.min(size, queues)];
    long rest = hash;
    for (int i = 0; i < hand.length; i++) {
      int left = queues - i;
      int card = (int) Long.remainderUnsigned(rest, left);
      rest = Long.divideUnsigned(rest, left);
      hand[i] = kept(hand, i, card);
    }
    return hand;
  }

  /** The card with this number among those that have not been dealt. */
  private static int kept(int[] hand, int dealt, int number) {
    int[] sorted = Arrays.copyOf(hand, dealt);
    Arrays.sort(sorted);
    int card = number;
    for (int taken : sorted) {
      if (taken <= card) {
        card++;
      }
    }
    return card;
  }
}
