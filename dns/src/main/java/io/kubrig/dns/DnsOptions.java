package io.kubrig.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How the server runs.
 *
 * @param address where it listens, over UDP and TCP
 * @param domain the cluster's domain
 * @param ttl how long answers of the cluster may be remembered
 * @param cache the longest time answers of resolvers are remembered
 * @param resolvers who is asked for other names, best first
 * @param status where health, readiness and metrics are served, null for nowhere
 */
record DnsOptions(InetSocketAddress address, String domain, Duration ttl, Duration cache, List<InetSocketAddress> resolvers,
    InetSocketAddress status) {
  DnsOptions {
    resolvers = List.copyOf(resolvers);
  }
}
