package io.kubrig.operators.baremetal;

import io.kubrig.machinery.network.IpAddress;
import io.kubrig.operators.cloud.CloudException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The addresses that services may get. */
record AddressPool(List<AddressRange> ranges) {
  AddressPool {
    ranges = List.copyOf(ranges);
  }

  /** A pool of ranges as {@link AddressRange#parse} reads them. */
  static AddressPool of(List<String> ranges) {
    return new AddressPool(ranges.stream().map(AddressRange::parse).toList());
  }

  /** An address as it is compared: one text for each address (RFC 5952). What is no address stays as it is. */
  static String canonical(String address) {
    return IpAddress.parse(address).map(IpAddress::toString).orElse(address);
  }

  /**
   * One address for each family: the one that is asked for, else the one that is there already, else the first free one.
   *
   * @param families IPv4 or IPv6, in the service's order
   * @param wanted the address that the service asks for, canonical
   * @param current what the service has, canonical
   * @param taken what other services have, canonical
   * @throws CloudException there is none
   */
  List<String> choose(List<String> families, Optional<String> wanted, List<String> current, Set<String> taken) {
    wanted.filter(address -> !families.contains(family(address))).ifPresent(address -> {
      throw new CloudException("the address " + address + " is of no family of the service: " + String.join(", ", families));
    });
    List<String> chosen = new ArrayList<>();
    for (String family : families) {
      List<AddressRange> ranges = ranges().stream().filter(range -> range.family().equals(family)).toList();
      Optional<String> asked = wanted.filter(address -> family.equals(family(address)));
      chosen.add(asked.isPresent() ? asked(ranges, asked.get(), taken) : any(ranges, family, current, taken));
    }
    return chosen;
  }

  private static String family(String address) {
    return address.contains(":") ? "IPv6" : "IPv4";
  }

  private static String asked(List<AddressRange> ranges, String address, Set<String> taken) {
    if (ranges.stream().noneMatch(range -> range.contains(address))) {
      throw new CloudException("the address " + address + " is not in the pool");
    }
    if (taken.contains(address)) {
      throw new CloudException("the address " + address + " is in use");
    }
    return address;
  }

  private static String any(List<AddressRange> ranges, String family, List<String> current, Set<String> taken) {
    return current.stream().filter(address -> !taken.contains(address) && ranges.stream().anyMatch(range -> range.contains(address)))
        .findFirst().or(() -> ranges.stream().flatMap(range -> range.free(taken).stream()).findFirst())
        .orElseThrow(() -> new CloudException("no address of the family " + family + " is left in the pool"));
  }
}
