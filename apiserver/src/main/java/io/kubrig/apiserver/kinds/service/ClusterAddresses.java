package io.kubrig.apiserver.kinds.service;

import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.network.IpAddress;
import io.kubrig.machinery.tree.Tree;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The addresses of services. Each one in use is an IPAddress object: creating it is what takes it, for all servers on one storage. Ranges
 * are those of the ServiceCIDR objects. Addresses that nobody asked for by name come from the upper part of a range first, so that the
 * lower part stays free for those who do. (Source: KEP-1880, KEP-3070.)
 */
final class ClusterAddresses {
  private static final String GROUP = "networking.k8s.io";
  private static final String PLURAL = "ipaddresses";
  private static final int PROBES = 4096;

  private final LiveCluster cluster;

  ClusterAddresses(LiveCluster cluster) {
    this.cluster = cluster;
  }

  /** Why an address cannot be had, in native's words. */
  static final class UnavailableException extends Exception {
    UnavailableException(String message) {
      super(message, null, false, false);
    }
  }

  /** The families that the server was started with, the default one first. */
  List<String> families() {
    return cluster.settings().serviceRanges().stream().map(range -> range.contains(":") ? ServiceFamilies.V6 : ServiceFamilies.V4).toList();
  }

  /** Takes a certain address. */
  void take(String text, Owner owner, boolean dryRun) throws UnavailableException {
    IpAddress address = IpAddress.parse(text)
        .orElseThrow(() -> new UnavailableException("the provided IP (" + text + ") is not a valid IP"));
    if (ranges(address.v6()).stream().noneMatch(range -> usable(range, address))) {
      throw new UnavailableException("the provided network does not match the current range");
    }
    if (!claim(address, owner, dryRun)) {
      throw new UnavailableException("provided IP is already allocated");
    }
  }

  /** Takes any free address of a family. */
  String takeAny(String family, Owner owner, boolean dryRun) throws UnavailableException {
    for (Cidr range : ranges(family.equals(ServiceFamilies.V6))) {
      Optional<IpAddress> taken = takeFrom(range, owner, dryRun);
      if (taken.isPresent()) {
        return taken.get().toString();
      }
    }
    throw new UnavailableException("range is full");
  }

  /** What an address is taken for. */
  record Owner(String namespace, String name) {}

  private Optional<IpAddress> takeFrom(Cidr range, Owner owner, boolean dryRun) {
    BigInteger usable = range.size().subtract(BigInteger.valueOf(range.v6() ? 1 : 2)).max(BigInteger.ZERO);
    BigInteger reserved = reserved(usable);
    Optional<IpAddress> upper = probe(range, reserved, usable.subtract(reserved), owner, dryRun);
    return upper.isPresent() ? upper : probe(range, BigInteger.ZERO, reserved, owner, dryRun);
  }

  /** How many of the first addresses are left for those who ask by name: min(max(16, size/16), 256). */
  private static BigInteger reserved(BigInteger size) {
    if (size.compareTo(BigInteger.valueOf(16)) <= 0) {
      return BigInteger.ZERO;
    }
    return size.divide(BigInteger.valueOf(16)).max(BigInteger.valueOf(16)).min(BigInteger.valueOf(256));
  }

  /** Looks from a random place on, around. */
  private Optional<IpAddress> probe(Cidr range, BigInteger offset, BigInteger count, Owner owner, boolean dryRun) {
    if (count.signum() <= 0) {
      return Optional.empty();
    }
    BigInteger start = new BigInteger(count.bitLength() + 16, new Random(cluster.random().nextLong())).mod(count);
    BigInteger tries = count.bitLength() > 20 ? BigInteger.valueOf(PROBES) : count;
    for (BigInteger i = BigInteger.ZERO; i.compareTo(tries) < 0; i = i.add(BigInteger.ONE)) {
      IpAddress address = range.network().plus(BigInteger.ONE).plus(offset).plus(start.add(i).mod(count));
      if (claim(address, owner, dryRun)) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  private boolean claim(IpAddress address, Owner owner, boolean dryRun) {
    if (cluster.get(GROUP, PLURAL, "", address.toString()).isPresent()) {
      return false;
    }
    return dryRun || cluster.create(GROUP, PLURAL, object(address, owner));
  }

  private static Tree object(IpAddress address, Owner owner) {
    return Tree.of(
        "metadata",
        Tree.of(
            "name", address.toString(),
            "labels",
                Tree.of(
                    "ipaddress.kubernetes.io/ip-family", address.v6() ? ServiceFamilies.V6 : ServiceFamilies.V4,
                    "ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io")),
        "spec",
        Tree.of("parentRef", Tree.of("resource", "services", "namespace", owner.namespace(), "name", owner.name())));
  }

  /** Gives an address back, unless it is somebody else's. */
  void release(String text, Owner owner) {
    IpAddress.parse(text)
        .flatMap(address -> cluster.get(GROUP, PLURAL, "", address.toString()))
        .filter(object -> owner.equals(ownerOf(object)))
        .ifPresent(object -> cluster.remove(GROUP, PLURAL, "", object.tree("metadata").string("name")));
  }

  /** Makes the address of a stored service known if it is not. */
  void restore(String text, Owner owner) {
    IpAddress.parse(text).ifPresent(address -> claim(address, owner, false));
  }

  private static Owner ownerOf(Tree address) {
    Tree parent = address.tree("spec").tree("parentRef");
    return new Owner(parent.string("namespace"), parent.string("name"));
  }

  private List<Cidr> ranges(boolean v6) {
    List<Cidr> ranges = new ArrayList<>();
    List<Tree> objects = cluster.list(GROUP, "servicecidrs", "");
    for (Tree object : objects) {
      if (isReady(object)) {
        object.tree("spec").strings("cidrs").forEach(text -> Cidr.parse(text).filter(range -> range.v6() == v6).ifPresent(ranges::add));
      }
    }
    if (objects.isEmpty()) {
      cluster.settings().serviceRanges().forEach(text -> Cidr.parse(text).filter(range -> range.v6() == v6).ifPresent(ranges::add));
    }
    return ranges;
  }

  private static boolean isReady(Tree range) {
    if (range.tree("metadata").get("deletionTimestamp") != null) {
      return false;
    }
    return range.tree("status").trees("conditions").stream()
        .filter(condition -> condition.string("type").equals("Ready"))
        .allMatch(condition -> condition.string("status").equals("True"));
  }

  /** All but the network's own address, and the broadcast address of IPv4. */
  private static boolean usable(Cidr range, IpAddress address) {
    return range.contains(address) && !address.equals(range.network()) && (range.v6() || !address.equals(range.last()));
  }
}
