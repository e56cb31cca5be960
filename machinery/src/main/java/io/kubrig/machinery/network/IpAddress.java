package io.kubrig.machinery.network;

import java.math.BigInteger;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address.
 *
 * @param value unsigned, of 32 or 128 bits
 */
public record IpAddress(BigInteger value, boolean v6) implements Comparable<IpAddress> {
  private static final BigInteger MAPPED = BigInteger.valueOf(0xffff).shiftLeft(32);
  private static final int GROUPS = 8;

  /** Parses as Go's lenient parser does: leading zeros in IPv4 are decimal, IPv4-mapped IPv6 is IPv4. */
  public static Optional<IpAddress> parse(String text) {
    BigInteger value = text.indexOf(':') < 0 ? v4(text) : v6(text);
    if (value == null) {
      return Optional.empty();
    }
    if (text.indexOf(':') < 0) {
      return Optional.of(new IpAddress(value, false));
    }
    return Optional.of(value.shiftRight(32).equals(BigInteger.valueOf(0xffff)) ? new IpAddress(value.subtract(MAPPED), false)
        : new IpAddress(value, true));
  }

  /** Whether a text that {@link #parse} takes is an IPv6 notation of an IPv4 address. */
  public static boolean isMapped(String text) {
    return text.indexOf(':') >= 0 && parse(text).filter(address -> !address.v6).isPresent();
  }

  /** Whether an IPv4 notation has numbers with leading zeros. */
  public static boolean hasLeadingZeros(String text) {
    String v4 = text.substring(text.lastIndexOf(':') + 1);
    if (v4.indexOf('.') < 0) {
      return false;
    }
    for (String part : v4.split("\\.")) {
      if (part.length() > 1 && part.startsWith("0")) {
        return true;
      }
    }
    return false;
  }

  private static BigInteger v4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    long value = 0;
    for (String part : parts) {
      if (part.isEmpty() || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return null;
      }
      String digits = part.replaceFirst("^0+(?=.)", "");
      if (digits.length() > 3 || Integer.parseInt(digits) > 255) {
        return null;
      }
      value = value << 8 | Integer.parseInt(digits);
    }
    return BigInteger.valueOf(value);
  }

  private static BigInteger v6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      int[] groups = groups(text);
      return groups == null || groups.length != GROUPS ? null : join(groups, new int[0]);
    }
    if (text.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    int[] head = groups(text.substring(0, gap));
    int[] tail = groups(text.substring(gap + 2));
    return head == null || tail == null || head.length + tail.length >= GROUPS ? null : join(head, tail);
  }

  /** The 16-bit groups of a part of an IPv6 notation, of which the last may be an IPv4 notation; null if it is none. */
  private static int[] groups(String text) {
    if (text.isEmpty()) {
      return new int[0];
    }
    String[] parts = text.split(":", -1);
    String last = parts[parts.length - 1];
    boolean dotted = last.indexOf('.') >= 0;
    int[] groups = new int[parts.length + (dotted ? 1 : 0)];
    for (int i = 0; i < parts.length - (dotted ? 1 : 0); i++) {
      String part = parts[i];
      if (part.isEmpty() || part.length() > 4 || !part.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
        return null;
      }
      groups[i] = Integer.parseInt(part, 16);
    }
    if (dotted) {
      BigInteger value = v4(last);
      if (value == null) {
        return null;
      }
      groups[groups.length - 2] = value.intValue() >>> 16;
      groups[groups.length - 1] = value.intValue() & 0xffff;
    }
    return groups;
  }

  private static BigInteger join(int[] head, int[] tail) {
    int[] all = new int[GROUPS];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(tail, 0, all, GROUPS - tail.length, tail.length);
    BigInteger value = BigInteger.ZERO;
    for (int group : all) {
      value = value.shiftLeft(16).or(BigInteger.valueOf(group));
    }
    return value;
  }

  public int bits() {
    return v6 ? 128 : 32;
  }

  public IpAddress plus(BigInteger offset) {
    return new IpAddress(value.add(offset), v6);
  }

  public boolean isUnspecified() {
    return value.signum() == 0;
  }

  public boolean isLoopback() {
    return v6 ? value.equals(BigInteger.ONE) : octet(0) == 127;
  }

  public boolean isLinkLocalUnicast() {
    return v6 ? value.shiftRight(118).intValue() == 0xfe80 >> 6 : octet(0) == 169 && octet(1) == 254;
  }

  /** 224.0.0.0/24 or ff02::/16. */
  public boolean isLinkLocalMulticast() {
    return v6 ? (value.shiftRight(112).intValue() & 0xff0f) == 0xff02 : value.shiftRight(8).intValue() == 0xe00000;
  }

  private int octet(int index) {
    return value.shiftRight(24 - 8 * index).intValue() & 0xff;
  }

  /** The canonical text: RFC 5952 for IPv6. */
  @Override
  public String toString() {
    if (!v6) {
      return octet(0) + "." + octet(1) + "." + octet(2) + "." + octet(3);
    }
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = value.shiftRight(16 * (GROUPS - 1 - i)).intValue() & 0xffff;
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
      i = Math.max(i, end - 1);
    }
    return text(groups, start, length);
  }

  private static String text(int[] groups, int start, int length) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        out.append("::");
        i += length - 1;
        continue;
      }
      if (i > 0 && i != start + length) {
        out.append(':');
      }
      out.append(Integer.toHexString(groups[i]));
    }
    return out.toString();
  }

  @Override
  public int compareTo(IpAddress other) {
    return v6 == other.v6 ? value.compareTo(other.value) : v6 ? 1 : -1;
  }
}
