package io.kubrig.operators.servicecidr;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** A range of addresses of one family. */
record Prefix(BigInteger base, int bits, int length) {
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,3}");

  /** Reads a range in CIDR notation; empty when the text is none. */
  static Optional<Prefix> of(String text) {
    int slash = text == null ? -1 : text.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    String length = text.substring(slash + 1);
    return address(text.substring(0, slash)).filter(address -> LENGTH.matcher(length).matches()
        && Integer.parseInt(length) <= address.length * 8).map(address -> of(address, Integer.parseInt(length)));
  }

  private static Prefix of(byte[] address, int length) {
    int bits = address.length * 8;
    return new Prefix(new BigInteger(1, address).shiftRight(bits - length), bits, length);
  }

  /** The family of its addresses as labels name it: {@code IPv4}, {@code IPv6}. */
  String family() {
    return bits == Integer.SIZE ? "IPv4" : "IPv6";
  }

  /** Whether a service can have this address out of the range: not the first, nor, of IPv4, the last one, nor what is no address. */
  boolean gives(String ip) {
    Optional<byte[]> address = address(ip).filter(bytes -> bytes.length * 8 == bits);
    if (address.isEmpty()) {
      return false;
    }
    BigInteger host = new BigInteger(1, address.get()).subtract(base.shiftLeft(bits - length));
    BigInteger size = BigInteger.ONE.shiftLeft(bits - length);
    BigInteger end = bits == Integer.SIZE ? size.subtract(BigInteger.ONE) : size;
    return host.signum() > 0 && host.compareTo(end) < 0;
  }

  /** Whether all addresses of the other range are in this one. */
  boolean covers(Prefix other) {
    return bits == other.bits && length <= other.length && other.base.shiftRight(other.length - length).equals(base);
  }

  private static Optional<byte[]> address(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text).getAddress());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
