package io.kubrig.operators.nodeipam;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Addresses as text (RFC 5952). */
final class Addresses {
  private static final int GROUPS = 8;

  private Addresses() {}

  static String text(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address.getHostAddress();
    }
    byte[] bytes = address.getAddress();
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
    }
    int start = -1;
    int longest = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = 0;
      while (i + run < GROUPS && groups[i + run] == 0) {
        run++;
      }
      if (run > longest) {
        longest = run;
        start = i;
      }
    }
    return start < 0 ? join(groups, 0, GROUPS) : join(groups, 0, start) + "::" + join(groups, start + longest, GROUPS);
  }

  private static String join(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
