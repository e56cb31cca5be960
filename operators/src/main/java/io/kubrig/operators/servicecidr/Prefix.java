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

  boolean contains(String ip) {
    byte[] address = address(ip);
    return address.length * 8 == bits && new BigInteger(1, address).shiftRight(bits - length).equals(base);
  }

  private static byte[] address(String text) {
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an address: " + text, e);
    }
  }
}
