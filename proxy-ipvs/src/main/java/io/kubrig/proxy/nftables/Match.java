package io.kubrig.proxy.nftables;

import io.kubrig.proxy.netlink.Bytes;
import io.kubrig.proxy.nftables.Expression.SetReference;
import io.kubrig.proxy.service.Cidr;
import io.kubrig.proxy.service.Protocol;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The phrases that the proxy's rules are made of, each compiled as {@code nft} compiles it, so that {@code nft list} prints it back; pure.
 */
final class Match {
  private static final int IFNAMSIZ = 16;
  private static final int CT_STATE_NEW = 8;
  private static final int DESTINATION_PORT = 2;

  private Match() {
  }

  /** {@code ct state new}. */
  static List<Expression> newConnection() {
    return List.of(new Expression.Conntrack(Expression.CT_STATE, 0), new Expression.Bitwise(0, host(CT_STATE_NEW), host(0)),
        new Expression.Compare(0, true, host(0)));
  }

  /** {@code ip saddr [!=] cidr}. */
  static List<Expression> source(Family family, Cidr cidr, boolean negated) {
    return network(family.sourceOffset(), cidr, negated);
  }

  /** {@code ip daddr cidr}. */
  static List<Expression> destination(Family family, Cidr cidr) {
    return network(family.destinationOffset(), cidr, false);
  }

  /** {@code ip daddr address}. */
  static List<Expression> destination(Family family, InetAddress address) {
    return network(family.destinationOffset(), Cidr.of(address), false);
  }

  /** {@code ip saddr != { cidr, … }}. */
  static List<Expression> sourceOutside(Family family, Collection<Cidr> cidrs) {
    return ranges(family, family.sourceOffset(), cidrs, true);
  }

  /** {@code ip daddr { cidr, … }}. */
  static List<Expression> destinationInside(Family family, Collection<Cidr> cidrs) {
    return ranges(family, family.destinationOffset(), cidrs, false);
  }

  private static List<Expression> ranges(Family family, int offset, Collection<Cidr> cidrs, boolean negated) {
    List<Cidr> merged = merge(cidrs);
    if (merged.size() == 1) {
      return network(offset, merged.getFirst(), negated);
    }
    SortedMap<NftSet.ElementKey, NftSet.Element> boundaries = new TreeMap<>();
    Bytes zero = Bytes.of(new byte[family.addressLength()]);
    for (Cidr cidr : merged) {
      boundaries.remove(new NftSet.ElementKey(cidr.first(), true));
      boundaries.put(new NftSet.ElementKey(cidr.first(), false), NftSet.Element.MEMBER);
      cidr.end().ifPresent(end -> boundaries.put(new NftSet.ElementKey(end, true), NftSet.Element.MEMBER));
    }
    if (!boundaries.containsKey(new NftSet.ElementKey(zero, false))) {
      boundaries.put(new NftSet.ElementKey(zero, true), NftSet.Element.MEMBER);
    }
    NftSet set = new NftSet("", NftSet.Key.address(family), NftSet.ANONYMOUS | NftSet.CONSTANT | NftSet.INTERVAL, 0, "", boundaries);
    return List.of(new Expression.Payload(Expression.BASE_NETWORK, offset, family.addressLength(), 0),
        new Expression.Lookup(new SetReference.Anonymous(set), 0, negated, false));
  }

  /** The networks without those that others contain, in order. */
  private static List<Cidr> merge(Collection<Cidr> cidrs) {
    List<Cidr> sorted = new ArrayList<>(new LinkedHashSet<>(cidrs));
    sorted.sort(Comparator.comparing(Cidr::first).thenComparing(Cidr::bits));
    List<Cidr> merged = new ArrayList<>();
    for (Cidr cidr : sorted) {
      if (merged.isEmpty() || merged.getLast().end().map(end -> end.compareTo(cidr.first()) <= 0).orElse(false)) {
        merged.add(cidr);
      }
    }
    return merged;
  }

  private static List<Expression> network(int offset, Cidr cidr, boolean negated) {
    int length = cidr.first().length();
    if (cidr.bits() % 8 == 0 && cidr.bits() > 0) {
      int bytes = cidr.bits() / 8;
      return List.of(new Expression.Payload(Expression.BASE_NETWORK, offset, bytes, 0),
          new Expression.Compare(0, negated, Bytes.slice(cidr.first().toArray(), 0, bytes)));
    }
    return List.of(new Expression.Payload(Expression.BASE_NETWORK, offset, length, 0),
        new Expression.Bitwise(0, cidr.mask(), Bytes.of(new byte[length])), new Expression.Compare(0, negated, cidr.first()));
  }

  /** {@code iifname [!=] "name"}. */
  static List<Expression> inputInterface(String name, boolean negated) {
    byte[] padded = Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), IFNAMSIZ);
    return List.of(new Expression.Meta(Expression.META_IIFNAME, 0), new Expression.Compare(0, negated, Bytes.of(padded)));
  }

  /** {@code iifname [!=] "prefix*"}. */
  static List<Expression> inputInterfacePrefix(String prefix, boolean negated) {
    return List.of(new Expression.Meta(Expression.META_IIFNAME, 0),
        new Expression.Compare(0, negated, Bytes.of(prefix.getBytes(StandardCharsets.UTF_8))));
  }

  /** {@code ip daddr . meta l4proto . th dport vmap @map}. */
  static List<Expression> destinationVerdict(Family family, String map) {
    int word = family.addressLength() / 4;
    return List.of(new Expression.Payload(Expression.BASE_NETWORK, family.destinationOffset(), family.addressLength(), 0),
        new Expression.Meta(Expression.META_L4PROTO, word),
            new Expression.Payload(Expression.BASE_TRANSPORT, DESTINATION_PORT, 2, word + 1),
        new Expression.Lookup(new SetReference.Named(map), 0, false, true));
  }

  /** {@code meta l4proto . th dport vmap @map}. */
  static List<Expression> portVerdict(String map) {
    return List.of(new Expression.Meta(Expression.META_L4PROTO, 0),
        new Expression.Payload(Expression.BASE_TRANSPORT, DESTINATION_PORT, 2, 1),
        new Expression.Lookup(new SetReference.Named(map), 0, false, true));
  }

  /** {@code ip daddr @set}. */
  static List<Expression> destinationIn(Family family, String set) {
    return List.of(new Expression.Payload(Expression.BASE_NETWORK, family.destinationOffset(), family.addressLength(), 0),
        new Expression.Lookup(new SetReference.Named(set), 0, false, false));
  }

  /** {@code ip saddr @set}. */
  static List<Expression> sourceIn(Family family, String set) {
    return List.of(new Expression.Payload(Expression.BASE_NETWORK, family.sourceOffset(), family.addressLength(), 0),
        new Expression.Lookup(new SetReference.Named(set), 0, false, false));
  }

  /** {@code update @set { ip saddr }}. */
  static List<Expression> rememberSource(Family family, String set) {
    return List.of(new Expression.Payload(Expression.BASE_NETWORK, family.sourceOffset(), family.addressLength(), 0),
        new Expression.Dynset(set, Expression.DYNSET_UPDATE, 0));
  }

  /** {@code fib daddr type local ip daddr != loopback}. */
  static List<Expression> localDestinationButLoopback(Family family) {
    List<Expression> steps = new ArrayList<>(localAddress(Expression.FIB_DADDR));
    steps.add(new Expression.Payload(Expression.BASE_NETWORK, family.destinationOffset(), family.loopback().length(), 0));
    steps.add(new Expression.Compare(0, true, family.loopback()));
    return steps;
  }

  /** {@code fib saddr type local}. */
  static List<Expression> localSource() {
    return localAddress(Expression.FIB_SADDR);
  }

  private static List<Expression> localAddress(int flag) {
    return List.of(new Expression.Fib(Expression.FIB_ADDRTYPE, flag, 0), new Expression.Compare(0, false, host(Expression.RTN_LOCAL)));
  }

  /** {@code meta l4proto protocol dnat to address:port}. */
  static List<Expression> translate(Family family, Protocol protocol, InetAddress address, int port) {
    Bytes target = Bytes.of(address.getAddress());
    return List.of(new Expression.Meta(Expression.META_L4PROTO, 0),
        new Expression.Compare(0, false, Bytes.of(new byte[] {(byte) protocol.number()})),
        new Expression.Immediate(0, target), new Expression.Immediate(4, port(port)),
        new Expression.Nat(Expression.NAT_DNAT, family.number(), 0, 4));
  }

  /**
   * {@code numgen random mod n vmap { 0 : goto …, … }} for all of the {@code n} chains but the last, which is where a packet goes on that
   * this lets pass.
   */
  static List<Expression> oneOfAllButLast(List<String> chains) {
    SortedMap<NftSet.ElementKey, NftSet.Element> elements = new TreeMap<>();
    for (int i = 0; i < chains.size() - 1; i++) {
      elements.put(new NftSet.ElementKey(host(i), false), new NftSet.Element(Verdict.goTo(chains.get(i)), ""));
    }
    NftSet map = new NftSet("", NftSet.Key.number(), NftSet.ANONYMOUS | NftSet.CONSTANT | NftSet.MAP, 0, "", elements);
    return List.of(new Expression.NumberGenerator(Expression.NUMGEN_RANDOM, chains.size(), 0),
        new Expression.Lookup(new SetReference.Anonymous(map), 0, false, true));
  }

  /** {@code meta mark set meta mark | mark}. */
  static List<Expression> setMark(int mark) {
    return List.of(new Expression.Meta(Expression.META_MARK, 0), new Expression.Bitwise(0, host(~mark), host(mark)),
        new Expression.MetaSet(Expression.META_MARK, 0));
  }

  /** {@code meta mark & mark == 0}. */
  static List<Expression> unmarked(int mark) {
    return List.of(new Expression.Meta(Expression.META_MARK, 0), new Expression.Bitwise(0, host(mark), host(0)),
        new Expression.Compare(0, false, host(0)));
  }

  /** {@code meta mark set meta mark ^ mark}. */
  static List<Expression> flipMark(int mark) {
    return List.of(new Expression.Meta(Expression.META_MARK, 0), new Expression.Bitwise(0, host(-1), host(mark)),
        new Expression.MetaSet(Expression.META_MARK, 0));
  }

  /** address . protocol . port. */
  static NftSet.ElementKey key(InetAddress address, Protocol protocol, int port) {
    return new NftSet.ElementKey(Bytes.of(address.getAddress()).plus(key(protocol, port).bytes()), false);
  }

  /** protocol . port. */
  static NftSet.ElementKey key(Protocol protocol, int port) {
    return new NftSet.ElementKey(Bytes.of(new byte[] {(byte) protocol.number()}).padded(4).plus(port(port).padded(4)), false);
  }

  static NftSet.ElementKey key(InetAddress address) {
    return new NftSet.ElementKey(Bytes.of(address.getAddress()), false);
  }

  private static Bytes port(int port) {
    return Bytes.of(new byte[] {(byte) (port >> 8), (byte) port});
  }

  /** A number in the machine's byte order, as the kernel keeps marks, states and counters. */
  private static Bytes host(int number) {
    return Bytes.of(ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(number).array());
  }

  static Map<NftSet.ElementKey, NftSet.Element> members(Collection<InetAddress> addresses) {
    Map<NftSet.ElementKey, NftSet.Element> members = new TreeMap<>();
    addresses.forEach(address -> members.put(key(address), NftSet.Element.MEMBER));
    return members;
  }
}
