package io.kubrig.proxy.nftables;

import io.kubrig.proxy.service.Cidr;
import io.kubrig.proxy.service.EndpointChoice;
import io.kubrig.proxy.service.ProxyEndpoint;
import io.kubrig.proxy.service.ServicePort;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Writes what one service port needs into the table. */
final class PortRules {
  private final TableBuilder table;
  private final NodeSettings settings;
  private final Family family;
  private final ServicePort port;
  private final EndpointChoice endpoints;
  private final String base;
  private final String clusterChain;
  private final String localChain;
  private final String externalChain;
  private final String firewallChain;

  PortRules(TableBuilder table, NodeSettings settings, ServicePort port, EndpointChoice endpoints) {
    this.table = table;
    this.settings = settings;
    this.family = settings.family();
    this.port = port;
    this.endpoints = endpoints;
    this.base = ChainNames.base(port.name());
    this.clusterChain = "service-" + base;
    this.localChain = "local-" + base;
    this.externalChain = "external-" + base;
    this.firewallChain = "firewall-" + base;
  }

  boolean lacksLocalInternal() {
    return endpoints.any() && !hasInternal();
  }

  boolean lacksLocalExternal() {
    return endpoints.any() && !hasExternal();
  }

  private boolean hasInternal() {
    return endpoints.any() && (!port.internalLocal() || !endpoints.local().isEmpty());
  }

  private boolean hasExternal() {
    return endpoints.any() && (!port.externalLocal() || !endpoints.local().isEmpty());
  }

  private String internalChain() {
    return port.internalLocal() ? localChain : clusterChain;
  }

  void write() {
    makeChains();
    captureClusterIp();
    port.externalIps().forEach(this::captureExternal);
    firewall();
    port.loadBalancerIps().forEach(this::captureExternal);
    captureNodePort();
    internalTraffic();
    externalTraffic();
    if (usesCluster()) {
      balance(clusterChain, endpoints.cluster());
    }
    if (usesLocal()) {
      balance(localChain, endpoints.local());
    }
    endpoints.reachable().forEach(this::endpoint);
  }

  private boolean usesCluster() {
    return !endpoints.cluster().isEmpty() && port.usesClusterEndpoints();
  }

  private boolean usesLocal() {
    return !endpoints.local().isEmpty() && port.usesLocalEndpoints();
  }

  private boolean usesExternal() {
    return endpoints.any() && port.externallyAccessible();
  }

  /** Chains come before the rules that lead to them. */
  private void makeChains() {
    endpoints.reachable().forEach(endpoint -> table.chain(chainOf(endpoint)));
    if (usesCluster()) {
      table.chain(clusterChain);
    }
    if (usesLocal()) {
      table.chain(localChain);
    }
    if (usesExternal()) {
      table.chain(externalChain);
    }
  }

  private void captureClusterIp() {
    table.element(TablePlan.CLUSTER_IPS, Match.key(port.clusterIp()), null, "");
    NftSet.ElementKey key = Match.key(port.clusterIp(), port.name().protocol(), port.port());
    if (hasInternal()) {
      table.element(TablePlan.SERVICE_IPS, key, Verdict.goTo(internalChain()), "");
    } else {
      table.element(TablePlan.NO_ENDPOINT_SERVICES, key, refusal(), port.name().toString());
    }
  }

  /** An external or load-balancer address. */
  private void captureExternal(InetAddress address) {
    NftSet.ElementKey key = Match.key(address, port.name().protocol(), port.port());
    if (endpoints.any()) {
      table.element(TablePlan.SERVICE_IPS, key, Verdict.goTo(externalChain), "");
    }
    if (!hasExternal()) {
      table.element(TablePlan.NO_ENDPOINT_SERVICES, key, refusal(), port.name().toString());
    }
  }

  private void captureNodePort() {
    if (port.nodePort() == 0) {
      return;
    }
    NftSet.ElementKey key = Match.key(port.name().protocol(), port.nodePort());
    if (endpoints.any()) {
      table.element(TablePlan.SERVICE_NODEPORTS, key, Verdict.goTo(externalChain), "");
    }
    if (!hasExternal()) {
      table.element(TablePlan.NO_ENDPOINT_NODEPORTS, key, refusal(), port.name().toString());
    }
  }

  /** Without endpoints anywhere the client is told; with endpoints elsewhere only, a load balancer must see a dead node. */
  private Verdict refusal() {
    return endpoints.any() ? Verdict.DROP : Verdict.goTo(TablePlan.REJECT);
  }

  private void firewall() {
    if (port.loadBalancerIps().isEmpty() || port.sourceRanges().isEmpty()) {
      return;
    }
    table.chain(firewallChain);
    List<Cidr> sources = new ArrayList<>(port.sourceRanges());
    // A request of this node to an address that it carries itself comes from that very address.
    if (settings.nodeIp() != null && sources.stream().anyMatch(range -> range.contains(settings.nodeIp()))) {
      port.loadBalancerIps().forEach(address -> sources.add(Cidr.of(address)));
    }
    table.rule(firewallChain, Match.sourceOutside(family, sources), new Expression.Decide(Verdict.DROP));
    for (InetAddress address : port.loadBalancerIps()) {
      table.element(TablePlan.FIREWALL_IPS, Match.key(address, port.name().protocol(), port.port()), Verdict.goTo(firewallChain),
          port.name().toString());
    }
  }

  /** Masquerades what comes from outside the cluster to the cluster IP, as it may bounce off this node. */
  private void internalTraffic() {
    if (!hasInternal() || !settings.masqueradeAll() && !settings.localTraffic().known()) {
      return;
    }
    List<Expression> match = new ArrayList<>(Match.destination(family, port.clusterIp()));
    if (!settings.masqueradeAll()) {
      match.addAll(settings.localTraffic().match(family, true));
    }
    table.rule(internalChain(), match, markForMasquerade());
  }

  private void externalTraffic() {
    if (!usesExternal()) {
      return;
    }
    if (!port.externalLocal()) {
      table.rule(externalChain, List.of(), markForMasquerade());
    } else {
      if (settings.localTraffic().known() && usesCluster()) {
        table.rule(externalChain, settings.localTraffic().match(family, false), goTo(clusterChain), "short-circuit pod traffic");
      }
      table.rule(externalChain, Match.localSource(), markForMasquerade(), "masquerade local traffic");
      if (usesCluster()) {
        table.rule(externalChain, Match.localSource(), goTo(clusterChain), "short-circuit local traffic");
      }
    }
    if (hasExternal()) {
      table.rule(externalChain, List.of(), goTo(port.externalLocal() ? localChain : clusterChain));
    }
  }

  /**
   * Picks an endpoint at random. The last one is reached by a rule and not by an element of the map: while the kernel changes to the next
   * generation of rules, a packet that is still in the old ones finds the map's elements gone, and must not fall out of the chain
   * untranslated and be rejected as a cluster IP.
   */
  private void balance(String chain, List<ProxyEndpoint> choices) {
    if (port.hasAffinity()) {
      choices.forEach(endpoint -> table.rule(chain, Match.sourceIn(family, affinityOf(endpoint)), goTo(chainOf(endpoint))));
    }
    List<String> chains = choices.stream().map(this::chainOf).toList();
    if (chains.size() > 1) {
      table.rule(chain, Match.oneOfAllButLast(chains), "");
    }
    table.rule(chain, List.of(), goTo(chains.getLast()));
  }

  private void endpoint(ProxyEndpoint endpoint) {
    String chain = chainOf(endpoint);
    table.rule(chain, Match.source(family, Cidr.of(endpoint.address()), false), markForMasquerade());
    if (port.hasAffinity()) {
      table.set(new NftSet(affinityOf(endpoint), NftSet.Key.address(family), NftSet.DYNAMIC | NftSet.TIMEOUT, port.affinity().toMillis(),
          "", new TreeMap<>()));
      table.rule(chain, Match.rememberSource(family, affinityOf(endpoint)), "");
    }
    table.rule(chain, Match.translate(family, port.name().protocol(), endpoint.address(), endpoint.port()), "");
  }

  private String chainOf(ProxyEndpoint endpoint) {
    return "endpoint-" + ChainNames.base(port.name(), endpoint);
  }

  private String affinityOf(ProxyEndpoint endpoint) {
    return "affinity-" + ChainNames.base(port.name(), endpoint);
  }

  private static Expression markForMasquerade() {
    return goOrJump(Verdict.jump(TablePlan.MARK_FOR_MASQUERADE));
  }

  private static Expression goTo(String chain) {
    return goOrJump(Verdict.goTo(chain));
  }

  private static Expression goOrJump(Verdict verdict) {
    return new Expression.Decide(verdict);
  }
}
