package io.kubrig.operators.servicecidr;

import java.math.BigInteger;
import java.net.InetAddress;

/** A range of addresses of one family. */
record Prefix(BigInteger base, int bits, int length) {
  /** @throws IllegalArgumentException the text is no range in CIDR notation */
  static Prefix of(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("not a range of addresses: " + text);
    }
    byte[] address = address(text.substring(0, slash));
    int bits = address.length * 8;
    int length = Integer.parseInt(text.substring(slash + 1));
    return new Prefix(new BigInteger(1, address).shiftRight(bits - length), bits, length);
  }

  /** The family of its addresses as labels name it: {@code IPv4}, {@code IPv6}. */
  String family() {
    return bits == Integer.SIZE ? "IPv4" : "IPv6";
  }

  /** Whether a service can have this address out of the range: not the first, nor, of IPv4, the last one. */
  boolean gives(String ip) {
    byte[] address = address(ip);
    if (address.length * 8 != bits) {
      return false;
    }
    BigInteger host = new BigInteger(1, address).subtract(base.shiftLeft(bits - length));
    BigInteger size = BigInteger.ONE.shiftLeft(bits - length);
    BigInteger end = bits == Integer.SIZE ? size.subtract(BigInteger.ONE) : size;
    return host.signum() > 0 && host.compareTo(end) < 0;
  }

  /** Whether all addresses of the other range are in this one. */
  boolean covers(Prefix other) {
    return bits == other.bits && length <= other.length && other.base.shiftRight(other.length - length).equals(base);
  }

  private static byte[] address(String text) {
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an address: " + text, e);
    }
  }
}
