package io.kubrig.machinery.network;

import java.math.BigInteger;
import java.util.Optional;

/**
 * A range of addresses.
 *
 * @param address as it was written, bits beyond the prefix included
 * @param prefixLength in bits
 */
public record Cidr(IpAddress address, int prefixLength) {

  /** Parses {@code address/length}, leniently as {@link IpAddress#parse}. */
  public static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    String digits = text.substring(slash + 1);
    if (digits.isEmpty() || digits.length() > 4 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    String base = text.substring(0, slash);
    int written = Integer.parseInt(digits);
    int most = base.indexOf(':') >= 0 ? 128 : 32;
    if (written > most) {
      return Optional.empty();
    }
    return IpAddress.parse(base).map(address -> new Cidr(address, Math.max(0, written - (most - address.bits()))));
  }

  public boolean v6() {
    return address.v6();
  }

  /** The first address of the range. */
  public IpAddress network() {
    int host = address.bits() - prefixLength;
    return new IpAddress(address.value().shiftRight(host).shiftLeft(host), address.v6());
  }

  /** How many addresses the range has. */
  public BigInteger size() {
    return BigInteger.ONE.shiftLeft(address.bits() - prefixLength);
  }

  public IpAddress last() {
    return network().plus(size().subtract(BigInteger.ONE));
  }

  public boolean contains(IpAddress other) {
    return other.v6() == v6() && other.compareTo(network()) >= 0 && other.compareTo(last()) <= 0;
  }

  public boolean contains(Cidr other) {
    return other.v6() == v6() && other.prefixLength >= prefixLength && contains(other.network());
  }

  /** The canonical text. */
  @Override
  public String toString() {
    return network() + "/" + prefixLength;
  }
}
