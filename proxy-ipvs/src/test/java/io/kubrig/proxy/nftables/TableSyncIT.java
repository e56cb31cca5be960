package io.kubrig.proxy.nftables;

import static io.kubrig.proxy.TestServices.service;
import static io.kubrig.proxy.TestServices.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.proxy.TestServices;
import io.kubrig.proxy.netlink.LinuxNetlink;
import io.kubrig.proxy.netlink.TestNamespace;
import io.kubrig.proxy.service.ServiceMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table in a real kernel, in a namespace of its own, read with nft. */
class TableSyncIT {
  private TestNamespace namespace;
  private LinuxNetlink netlink;

  @BeforeEach
  void open() throws Exception {
    Assumptions.assumeTrue(TestNamespace.unavailable().isEmpty(), TestNamespace.unavailable());
    namespace = TestNamespace.create("sync");
    netlink = namespace.in(LinuxNetlink::open);
  }

  @AfterEach
  void close() throws Exception {
    if (netlink != null) {
      netlink.close();
      namespace.close();
    }
  }

  private static NftTable table(Family family, List<Service> services, List<EndpointSlice> slices) {
    return TablePlan.of(ServiceMap.of(family, "here", services, slices), TestSettings.settings(family)).table();
  }

  private static NftTable everything(Family family) {
    boolean v4 = family == Family.IPV4;
    String net = v4 ? "172.30.0." : "fd00:172::";
    String ep = v4 ? "10.180.0." : "fd00:10::";
    List<Service> services = List.of(
        service("ns1/svc1", net + "41"), TestServices.nodePort("ns3/svc3", net + "43", 3003),
        service("ns5/svc5", net + "45", "TCP", 80, builder -> builder.editSpec().withType("LoadBalancer").withSessionAffinity("ClientIP")
            .withLoadBalancerSourceRanges(v4 ? "203.0.113.0/25" : "2001:db8::/32", v4 ? "198.51.100.0/24" : "2001:db9::/32")
            .editFirstPort().withNodePort(3002).endPort().endSpec()
            .withNewStatus().withNewLoadBalancer().addNewIngress().withIp(v4 ? "5.6.7.8" : "fd00:5::8").endIngress().endLoadBalancer()
                .endStatus()),
        service("ns2/svc2", net + "42", "UDP", 53, builder -> builder.editSpec().withType("NodePort").withExternalTrafficPolicy("Local")
            .editFirstPort().withNodePort(3001).endPort().endSpec()),
        service("ns6/svc6", net + "46"));
    List<EndpointSlice> slices = List.of(slice("ns1/svc1", "TCP", 80, ep + "1", ep + "2"), slice("ns3/svc3", "TCP", 80, ep + "3"),
        slice("ns5/svc5", "TCP", 80, ep + "3", ep + "4"), slice("ns2/svc2", "UDP", 53, ep + "5"));
    return table(family, services, slices);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void reads_back_exactly_what_it_wrote(Family family) throws Exception {
    NftTable desired = everything(family);
    new TableSync(netlink, Clock.system(), family).sync(desired, true);
    NftTable observed = TableReader.read(netlink, family, TablePlan.TABLE).orElseThrow();
    assertThat(observed.sets()).isEqualTo(desired.sets());
    assertThat(observed.chains()).isEqualTo(desired.chains());
    assertThat(observed.comment()).isEqualTo("rules for kube-proxy");
    assertThat(TableDiff.between(Optional.of(observed), desired)).isEmpty();
  }

  @Test
  void nft_lists_the_table_as_that_of_kube_proxy() throws Exception {
    new TableSync(netlink, Clock.system(), Family.IPV4).sync(everything(Family.IPV4), true);
    String listed = namespace.exec("nft", "list", "table", "ip", "kube-proxy").replaceAll("\\s+", " ");
    assertThat(listed).contains(
        "comment \"rules for kube-proxy\"",
        "type ipv4_addr . inet_proto . inet_service : verdict comment \"ClusterIP, ExternalIP and LoadBalancer IP traffic\"",
        "172.30.0.41 . tcp . 80 : goto service-ULMVA6XW-ns1/svc1/tcp/p80",
        "172.30.0.46 . tcp . 80 comment \"ns6/svc6:p80\" : goto reject-chain",
        "tcp . 3003 : goto external-4AT6LBPK-ns3/svc3/tcp/p80",
        "udp . 3001 comment \"ns2/svc2:p80\" : drop",
        "chain service-ULMVA6XW-ns1/svc1/tcp/p80 { ip daddr 172.30.0.41 ip saddr != 10.0.0.0/8 jump mark-for-masquerade numgen random "
            + "mod 2 vmap { 0 : goto",
        "chain endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 { ip saddr 10.180.0.1 jump mark-for-masquerade meta l4proto tcp dnat "
            + "to 10.180.0.1:80 }",
        "ip saddr != { 198.51.100.0/24, 203.0.113.0/25 } drop",
        "size 65535 flags dynamic,timeout timeout 3h",
        "update @affinity-GTK6MW7G-ns5/svc5/tcp/p80__10.180.0.3/80 { ip saddr }",
        "fib saddr type local jump mark-for-masquerade comment \"masquerade local traffic\"",
        "type filter hook prerouting priority dstnat - 10; policy accept; ct state new jump firewall-check",
        "meta mark & 0x00004000 == 0x00000000 return meta mark set meta mark ^ 0x00004000 masquerade fully-random",
        "ip daddr @cluster-ips reject comment \"Reject traffic to invalid ports of ClusterIPs\" ip daddr 172.30.0.0/16 drop");
  }

  @Test
  void undoes_what_others_changed() throws Exception {
    NftTable desired = everything(Family.IPV4);
    TableSync sync = new TableSync(netlink, Clock.system(), Family.IPV4);
    sync.sync(desired, true);
    namespace.exec("nft", "flush", "chain", "ip", "kube-proxy", "service-ULMVA6XW-ns1/svc1/tcp/p80");
    namespace.exec("nft", "add", "rule", "ip", "kube-proxy", "services", "counter", "drop");
    namespace.exec("nft", "add", "chain", "ip", "kube-proxy", "stranger");
    namespace.exec("nft", "delete", "element", "ip", "kube-proxy", "service-ips", "{ 172.30.0.41 . tcp . 80 }");
    assertThat(sync.sync(desired, false).changes()).as("without reading back nothing is noticed").isZero();
    assertThat(sync.sync(desired, true).changes()).isPositive();
    NftTable observed = TableReader.read(netlink, Family.IPV4, TablePlan.TABLE).orElseThrow();
    assertThat(observed.sets()).isEqualTo(desired.sets());
    assertThat(observed.chains()).containsAllEntriesOf(desired.chains());
  }

  @Test
  void shrinks_and_grows_and_changes_timeouts_in_place() throws Exception {
    VirtualClock clock = new VirtualClock(Instant.EPOCH);
    TableSync sync = new TableSync(netlink, clock, Family.IPV4);
    sync.sync(everything(Family.IPV4), true);
    Service sticky = service("ns5/svc5", "172.30.0.45", "TCP", 80, builder -> builder.editSpec().withSessionAffinity("ClientIP")
        .withNewSessionAffinityConfig().withNewClientIP(77).endSessionAffinityConfig().endSpec());
    NftTable smaller = table(Family.IPV4, List.of(sticky), List.of(slice("ns5/svc5", "TCP", 80, "10.180.0.4", "10.180.0.9")));
    assertThat(sync.sync(smaller, false).leftovers()).as("unwanted chains wait a second").isTrue();
    clock.advance(Duration.ofMillis(1100));
    assertThat(sync.sync(smaller, false).leftovers()).isFalse();
    NftTable observed = TableReader.read(netlink, Family.IPV4, TablePlan.TABLE).orElseThrow();
    assertThat(observed.chains()).isEqualTo(smaller.chains());
    assertThat(observed.sets()).isEqualTo(smaller.sets());
  }

  @Test
  void replaces_a_table_that_is_not_ours_under_our_name() throws Exception {
    namespace.exec("nft", "add", "table", "ip", "kube-proxy");
    namespace.exec("nft", "add", "chain", "ip", "kube-proxy", "nat-output", "{ type filter hook output priority 5 ; }");
    NftTable desired = everything(Family.IPV4);
    new TableSync(netlink, Clock.system(), Family.IPV4).sync(desired, true);
    assertThat(TableReader.read(netlink, Family.IPV4, TablePlan.TABLE).orElseThrow().chains()).isEqualTo(desired.chains());
  }

  @Test
  void writes_thousands_of_services_in_one_transaction() throws Exception {
    List<Service> services = IntStream.range(0, 5000).mapToObj(i -> service("ns/s" + i, "172.30." + (i / 250) + "." + (i % 250 + 1)))
        .toList();
    List<EndpointSlice> slices = IntStream.range(0, 5000)
        .mapToObj(i -> slice("ns/s" + i, "TCP", 80, "10.1." + (i / 250) + "." + (i % 250 + 1), "10.2." + (i / 250) + "." + (i % 250 + 1)))
            .toList();
    TableSync sync = new TableSync(netlink, Clock.system(), Family.IPV4);
    long begun = System.nanoTime();
    NftTable desired = table(Family.IPV4, services, slices);
    long planned = System.nanoTime();
    sync.sync(desired, true);
    long written = System.nanoTime();
    sync.sync(table(Family.IPV4, services, slices.subList(0, 4999)), false);
    long updated = System.nanoTime();
    NftTable observed = TableReader.read(netlink, Family.IPV4, TablePlan.TABLE).orElseThrow();
    long read = System.nanoTime();
    System.out.printf("5000 services, 10000 endpoints: plan %d ms, write %d ms, plan + one update %d ms, read back %d ms%n",
        (planned - begun) / 1_000_000,
        (written - planned) / 1_000_000, (updated - written) / 1_000_000, (read - updated) / 1_000_000);
    assertThat(observed.sets().get("service-ips").elements()).hasSize(4999);
  }

  @Test
  void removes_its_table_and_says_whether_there_was_one() throws Exception {
    new TableSync(netlink, Clock.system(), Family.IPV4).sync(everything(Family.IPV4), true);
    assertThat(TableSync.remove(netlink, Family.IPV4, TablePlan.TABLE)).isTrue();
    assertThat(TableSync.remove(netlink, Family.IPV4, TablePlan.TABLE)).isFalse();
    assertThat(namespace.exec("nft", "list", "ruleset")).isBlank();
  }
}
