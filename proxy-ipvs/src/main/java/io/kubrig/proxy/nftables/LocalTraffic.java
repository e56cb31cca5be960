package io.kubrig.proxy.nftables;

import io.kubrig.proxy.service.Cidr;
import java.util.List;

/** How traffic that comes from a pod of this node is recognised ({@code --detect-local-mode}). */
public sealed interface LocalTraffic {
  /** It is not: nothing is masqueraded for coming from elsewhere. */
  record Unknown() implements LocalTraffic {
  }

  /** By its source address. */
  record FromCidr(Cidr cidr) implements LocalTraffic {
  }

  /** By the bridge it comes in from. */
  record FromBridge(String name) implements LocalTraffic {
  }

  /** By the beginning of the name of the interface it comes in from. */
  record FromInterfaces(String prefix) implements LocalTraffic {
  }

  default boolean known() {
    return !(this instanceof Unknown);
  }

  /** Steps that let only local traffic pass; with {@code negated}, only other traffic. */
  default List<Expression> match(Family family, boolean negated) {
    return switch (this) {
      case Unknown _ -> throw new IllegalStateException("local traffic is not recognised");
      case FromCidr from -> Match.source(family, from.cidr(), negated);
      case FromBridge from -> Match.inputInterface(from.name(), negated);
      case FromInterfaces from -> Match.inputInterfacePrefix(from.prefix(), negated);
    };
  }
}
