package io.kubrig.proxy.nftables;

import java.net.InetAddress;
import java.util.Set;

/** On which of the node's addresses node ports are served ({@code --nodeport-addresses}). */
public sealed interface NodePortAddresses {
  /** On every local address that is not loopback. */
  record All() implements NodePortAddresses {
  }

  /** On these. */
  record Only(Set<InetAddress> addresses) implements NodePortAddresses {
    public Only {
      addresses = Set.copyOf(addresses);
    }
  }
}
