package io.kubrig.operators.loadbalancer;

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

  /**
   * One address for each family: the one that is asked for, else the one that is there already, else the first free one.
   *
   * @param families IPv4 or IPv6, in the service's order
   * @param wanted the address that the service asks for
   * @param current what the service has
   * @param taken what other services have
   * @throws LoadBalancerException there is none
   */
  List<String> choose(List<String> families, Optional<String> wanted, List<String> current, Set<String> taken) {
    List<String> chosen = new ArrayList<>();
    for (String family : families) {
      List<AddressRange> ranges = ranges().stream().filter(range -> range.family().equals(family)).toList();
      Optional<String> asked = wanted.filter(address -> family.equals(address.contains(":") ? "IPv6" : "IPv4"));
      chosen.add(asked.isPresent() ? asked(ranges, asked.get(), taken) : any(ranges, family, current, taken));
    }
    return chosen;
  }

  private static String asked(List<AddressRange> ranges, String address, Set<String> taken) {
    if (ranges.stream().noneMatch(range -> range.contains(address))) {
      throw new LoadBalancerException("the address " + address + " is not in the pool");
    }
    if (taken.contains(address)) {
      throw new LoadBalancerException("the address " + address + " is in use");
    }
    return address;
  }

  private static String any(List<AddressRange> ranges, String family, List<String> current, Set<String> taken) {
    return current.stream().filter(address -> !taken.contains(address) && ranges.stream().anyMatch(range -> range.contains(address)))
        .findFirst().or(() -> ranges.stream().flatMap(range -> range.free(taken).stream()).findFirst())
        .orElseThrow(() -> new LoadBalancerException("no address of the family " + family + " is left in the pool"));
  }
}
