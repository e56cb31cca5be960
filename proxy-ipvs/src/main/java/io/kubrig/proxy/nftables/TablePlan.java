package io.kubrig.proxy.nftables;

import io.kubrig.proxy.service.EndpointChoice;
import io.kubrig.proxy.service.ServiceMap;
import io.kubrig.proxy.service.ServicePort;
import java.util.ArrayList;
import java.util.List;

/**
 * The table {@code kube-proxy} that services and settings call for; pure.
 *
 * <p>The layout is that of kube-proxy's nftables mode: packets find their service in one lookup of {@code service-ips} or
 * {@code service-nodeports}, go on to {@code external-…} (address of the outside world) or straight to {@code service-…} or {@code local-…}
 * (policies Cluster and Local), and from there to one {@code endpoint-…}, which translates the destination. Services without endpoints are
 * refused or dropped in filter chains.
 *
 * @param table the table
 * @param withoutLocalInternal how many ports with internal policy Local have endpoints, but none here
 * @param withoutLocalExternal the same for external policy Local
 */
public record TablePlan(NftTable table, int withoutLocalInternal, int withoutLocalExternal) {
  public static final String TABLE = "kube-proxy";

  static final String SERVICE_IPS = "service-ips";
  static final String SERVICE_NODEPORTS = "service-nodeports";
  static final String CLUSTER_IPS = "cluster-ips";
  static final String NODEPORT_IPS = "nodeport-ips";
  static final String NO_ENDPOINT_SERVICES = "no-endpoint-services";
  static final String NO_ENDPOINT_NODEPORTS = "no-endpoint-nodeports";
  static final String FIREWALL_IPS = "firewall-ips";
  static final String REJECT = "reject-chain";
  static final String MARK_FOR_MASQUERADE = "mark-for-masquerade";

  private static final String SERVICES = "services";
  private static final String MASQUERADING = "masquerading";
  private static final String SERVICE_ENDPOINTS_CHECK = "service-endpoints-check";
  private static final String NODEPORT_ENDPOINTS_CHECK = "nodeport-endpoints-check";
  private static final String CLUSTER_IPS_CHECK = "cluster-ips-check";
  private static final String FIREWALL_CHECK = "firewall-check";
  private static final int DNAT_PRIORITY = -100;
  private static final int BEFORE_DNAT = DNAT_PRIORITY - 10;
  private static final int SNAT_PRIORITY = 100;

  public static TablePlan of(ServiceMap services, NodeSettings settings) {
    TableBuilder table = new TableBuilder(settings.family());
    frame(table, settings);
    int internal = 0;
    int external = 0;
    for (ServicePort port : services.ports().values()) {
      EndpointChoice endpoints = EndpointChoice.of(port, services.endpointsOf(port.name()), settings.node());
      PortRules rules = new PortRules(table, settings, port, endpoints);
      rules.write();
      internal += rules.lacksLocalInternal() ? 1 : 0;
      external += rules.lacksLocalExternal() ? 1 : 0;
    }
    return new TablePlan(table.build(TABLE, "rules for kube-proxy"), internal, external);
  }

  /** All that does not depend on services: base chains, the dispatch, empty maps. */
  private static void frame(TableBuilder table, NodeSettings settings) {
    sets(table, settings);
    baseChains(table);
    for (String chain : List.of(SERVICES, MASQUERADING, MARK_FOR_MASQUERADE, SERVICE_ENDPOINTS_CHECK, NODEPORT_ENDPOINTS_CHECK,
        CLUSTER_IPS_CHECK,
        FIREWALL_CHECK)) {
      table.chain(chain);
    }
    table.chain(new NftChain(REJECT, null, "helper for @no-endpoint-services / @no-endpoint-nodeports", List.of()));
    jumps(table);
    masquerading(table, settings.masqueradeMark());
    checks(table, settings);
    dispatch(table, settings);
  }

  private static void sets(TableBuilder table, NodeSettings settings) {
    Family family = settings.family();
    table.set(CLUSTER_IPS, NftSet.Key.address(family), "Active ClusterIPs");
    if (settings.nodePortAddresses() instanceof NodePortAddresses.Only(var addresses)) {
      table.set(NODEPORT_IPS, NftSet.Key.address(family), "IPs that accept NodePort traffic");
      addresses.stream().filter(address -> Family.of(address) == family && !address.isLoopbackAddress())
          .forEach(address -> table.element(NODEPORT_IPS, Match.key(address), null, ""));
    }
    table.map(NO_ENDPOINT_SERVICES, NftSet.Key.addressAndPort(family), "vmap to drop or reject packets to services with no endpoints");
    table.map(NO_ENDPOINT_NODEPORTS, NftSet.Key.protocolAndPort(), "vmap to drop or reject packets to service nodeports with no endpoints");
    table.map(FIREWALL_IPS, NftSet.Key.addressAndPort(family), "destinations that are subject to LoadBalancerSourceRanges");
    table.map(SERVICE_IPS, NftSet.Key.addressAndPort(family), "ClusterIP, ExternalIP and LoadBalancer IP traffic");
    table.map(SERVICE_NODEPORTS, NftSet.Key.protocolAndPort(), "NodePort traffic");
  }

  private static void baseChains(TableBuilder table) {
    table.base("filter-prerouting-pre-dnat", "filter", NftChain.Hook.PREROUTING, BEFORE_DNAT)
        .base("filter-output-pre-dnat", "filter", NftChain.Hook.OUTPUT, BEFORE_DNAT)
        .base("filter-input", "filter", NftChain.Hook.INPUT, 0)
        .base("filter-forward", "filter", NftChain.Hook.FORWARD, 0)
        .base("filter-output", "filter", NftChain.Hook.OUTPUT, 0)
        .base("nat-prerouting", "nat", NftChain.Hook.PREROUTING, DNAT_PRIORITY)
        .base("nat-output", "nat", NftChain.Hook.OUTPUT, DNAT_PRIORITY)
        .base("nat-postrouting", "nat", NftChain.Hook.POSTROUTING, SNAT_PRIORITY);
  }

  private static void jumps(TableBuilder table) {
    forNew(table, "filter-input", NODEPORT_ENDPOINTS_CHECK);
    forNew(table, "filter-input", SERVICE_ENDPOINTS_CHECK);
    forNew(table, "filter-forward", SERVICE_ENDPOINTS_CHECK);
    forNew(table, "filter-forward", CLUSTER_IPS_CHECK);
    forNew(table, "filter-output", SERVICE_ENDPOINTS_CHECK);
    forNew(table, "filter-output", CLUSTER_IPS_CHECK);
    forNew(table, "filter-prerouting-pre-dnat", FIREWALL_CHECK);
    forNew(table, "filter-output-pre-dnat", FIREWALL_CHECK);
    table.rule("nat-output", List.of(), jump(SERVICES));
    table.rule("nat-prerouting", List.of(), jump(SERVICES));
    table.rule("nat-postrouting", List.of(), jump(MASQUERADING));
  }

  private static void forNew(TableBuilder table, String from, String to) {
    table.rule(from, Match.newConnection(), jump(to));
  }

  private static void masquerading(TableBuilder table, int mark) {
    table.rule(MARK_FOR_MASQUERADE, Match.setMark(mark), "");
    table.rule(MASQUERADING, Match.unmarked(mark), new Expression.Decide(Verdict.RETURN));
    table.rule(MASQUERADING, Match.flipMark(mark), "");
    table.rule(MASQUERADING, List.of(), new Expression.Masquerade(Expression.RANDOM_FULLY));
  }

  private static void checks(TableBuilder table, NodeSettings settings) {
    Family family = settings.family();
    Expression reject = new Expression.Reject(0, family.portUnreachable());
    table.rule(REJECT, List.of(), reject);
    table.rule(CLUSTER_IPS_CHECK, Match.destinationIn(family, CLUSTER_IPS), reject, "Reject traffic to invalid ports of ClusterIPs");
    if (!settings.serviceCidrs().isEmpty()) {
      table.rule(CLUSTER_IPS_CHECK, Match.destinationInside(family, settings.serviceCidrs()), new Expression.Decide(Verdict.DROP),
          "Drop traffic to unallocated ClusterIPs");
    }
    table.rule(SERVICE_ENDPOINTS_CHECK, Match.destinationVerdict(family, NO_ENDPOINT_SERVICES), "");
    nodePorts(table, settings, NODEPORT_ENDPOINTS_CHECK, NO_ENDPOINT_NODEPORTS);
    table.rule(FIREWALL_CHECK, Match.destinationVerdict(family, FIREWALL_IPS), "");
  }

  private static void dispatch(TableBuilder table, NodeSettings settings) {
    table.rule(SERVICES, Match.destinationVerdict(settings.family(), SERVICE_IPS), "");
    nodePorts(table, settings, SERVICES, SERVICE_NODEPORTS);
  }

  private static void nodePorts(TableBuilder table, NodeSettings settings, String chain, String map) {
    List<Expression> steps = new ArrayList<>(switch (settings.nodePortAddresses()) {
      case NodePortAddresses.All _ -> Match.localDestinationButLoopback(settings.family());
      case NodePortAddresses.Only _ -> Match.destinationIn(settings.family(), NODEPORT_IPS);
    });
    steps.addAll(Match.portVerdict(map));
    table.rule(chain, steps, "");
  }

  private static Expression jump(String chain) {
    return new Expression.Decide(Verdict.jump(chain));
  }
}
