package io.kubrig.operators.servicecidr;

import io.fabric8.kubernetes.api.model.networking.v1.IPAddress;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.kubrig.operators.engine.Objects;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Which ranges of service addresses are needed by the addresses that were given out. */
final class RangeUse {
  private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";
  private static final String ALLOCATOR = "ipallocator.k8s.io";
  private static final String FAMILY = "ipaddress.kubernetes.io/ip-family";

  private RangeUse() {}

  /** The ranges that an address of the allocator may have been taken from; none for an address that others made. */
  static List<ServiceCIDR> containing(IPAddress address, Collection<ServiceCIDR> ranges) {
    return isAllocated(address) ? givers(address.getMetadata().getName(), ranges) : List.of();
  }

  /**
   * Whether a range may go: others contain all of it, or no address of the allocator would be left without a range. Ranges that are being
   * deleted themselves count among the others.
   *
   * @param all all ranges there are, this one among them
   */
  static boolean mayGo(ServiceCIDR range, Collection<ServiceCIDR> all, Collection<IPAddress> addresses) {
    return prefixes(range).allMatch(prefix -> all.stream().anyMatch(other -> !isSame(range, other) && covers(other, prefix)))
        || addresses.stream().filter(address -> isAllocated(address) && isOfFamily(address, range)).noneMatch(address -> {
          List<ServiceCIDR> givers = givers(address.getMetadata().getName(), all);
          return givers.size() == 1 && isSame(range, givers.getFirst());
        });
  }

  private static boolean isAllocated(IPAddress address) {
    return ALLOCATOR.equals(Objects.labels(address).get(MANAGED_BY));
  }

  private static boolean isOfFamily(IPAddress address, ServiceCIDR range) {
    String family = Objects.labels(address).get(FAMILY);
    return prefixes(range).anyMatch(prefix -> prefix.family().equals(family));
  }

  private static List<ServiceCIDR> givers(String ip, Collection<ServiceCIDR> ranges) {
    return ranges.stream().filter(range -> prefixes(range).anyMatch(prefix -> prefix.gives(ip))).toList();
  }

  private static boolean covers(ServiceCIDR range, Prefix prefix) {
    return prefixes(range).anyMatch(own -> own.covers(prefix));
  }

  private static Stream<Prefix> prefixes(ServiceCIDR range) {
    return range.getSpec() == null ? Stream.empty()
        : Objects.orEmpty(range.getSpec().getCidrs()).stream().flatMap(text -> Prefix.of(text).stream());
  }

  private static boolean isSame(ServiceCIDR range, ServiceCIDR other) {
    return range.getMetadata().getName().equals(other.getMetadata().getName());
  }
}
