package io.kubrig.operators.baremetal;

import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.network.IpAddress;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;

/** Addresses of one family in a row. */
record AddressRange(IpAddress first, IpAddress last) {
  AddressRange {
    if (first.v6() != last.v6() || first.compareTo(last) > 0) {
      throw new IllegalArgumentException("not a range of addresses: " + first + "-" + last);
    }
  }

  /** Reads a prefix ({@code 192.0.2.0/28}), a range ({@code 192.0.2.1-192.0.2.9}) or an address. @throws IllegalArgumentException else */
  static AddressRange parse(String text) {
    Optional<Cidr> prefix = Cidr.parse(text);
    if (prefix.isPresent()) {
      return new AddressRange(prefix.get().network(), prefix.get().last());
    }
    int dash = text.indexOf('-');
    return dash < 0 ? new AddressRange(address(text), address(text))
        : new AddressRange(address(text.substring(0, dash)), address(text.substring(dash + 1)));
  }

  private static IpAddress address(String text) {
    return IpAddress.parse(text).orElseThrow(() -> new IllegalArgumentException("not an address: " + text));
  }

  /** IPv4 or IPv6, as services name families. */
  String family() {
    return first.v6() ? "IPv6" : "IPv4";
  }

  boolean contains(String text) {
    return IpAddress.parse(text).filter(a -> a.v6() == first.v6() && first.compareTo(a) <= 0 && a.compareTo(last) <= 0).isPresent();
  }

  /** The first address that is not taken. */
  Optional<String> free(Set<String> taken) {
    for (IpAddress address = first; address.compareTo(last) <= 0; address = address.plus(BigInteger.ONE)) {
      if (!taken.contains(address.toString())) {
        return Optional.of(address.toString());
      }
    }
    return Optional.empty();
  }
}
