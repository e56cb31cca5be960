package io.kubrig.proxy;

import static io.kubrig.proxy.TestServices.nodePort;
import static io.kubrig.proxy.TestServices.service;
import static io.kubrig.proxy.TestServices.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.proxy.conntrack.Conntrack;
import io.kubrig.proxy.netlink.LinuxNetlink;
import io.kubrig.proxy.netlink.TestNamespace;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.nftables.LocalTraffic;
import io.kubrig.proxy.nftables.NodePortAddresses;
import io.kubrig.proxy.nftables.NodeSettings;
import io.kubrig.proxy.service.Addresses;
import io.kubrig.proxy.service.Cidr;
import io.kubrig.proxy.service.EndpointChoice;
import io.kubrig.proxy.service.ServiceMap;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Packets through a real kernel: a node, two pods behind services, a client pod and a machine outside the cluster, each a namespace of its
 * own.
 */
class TrafficIT {
  private static final String CLUSTER_IP = "172.30.0.10";
  private static final String NODE_IP = "192.168.77.1";

  private final List<AutoCloseable> resources = new ArrayList<>();
  private TestNamespace node;
  private TestNamespace client;
  private TestNamespace outside;
  private FamilySync sync;

  @BeforeEach
  void build() throws Exception {
    Assumptions.assumeTrue(TestNamespace.unavailable().isEmpty(), TestNamespace.unavailable());
    node = namespace("node");
    node.exec("sysctl", "-qw", "net.ipv4.ip_forward=1");
    client = pod("client", "10.0.1.1", "10.0.1.2");
    for (String one : List.of("2", "3")) {
      String address = "10.0." + one + ".2";
      TestNamespace pod = pod("pod" + one, "10.0." + one + ".1", address);
      resources.add(pod.in(() -> new EchoServer("pod" + one, address, 8080)));
    }
    outside = namespace("outside");
    node.connect("ext", NODE_IP + "/24", outside, "eth0", "192.168.77.2/24");
    outside.exec("ip", "route", "add", "172.30.0.0/16", "via", NODE_IP);
    node.exec("ip", "route", "add", "default", "via", "192.168.77.2");
    LinuxNetlink netlink = node.in(LinuxNetlink::open);
    resources.add(netlink);
    sync = new FamilySync(Family.IPV4, new NftablesBackend(netlink, Clock.system(), Family.IPV4, TrafficIT::settings),
        new Conntrack(netlink),
        new ProxyMetrics(new KubernetesRegistry()), Clock.system());
  }

  @AfterEach
  void tearDown() throws Exception {
    for (AutoCloseable resource : resources.reversed()) {
      resource.close();
    }
  }

  private TestNamespace namespace(String purpose) throws Exception {
    TestNamespace namespace = TestNamespace.create(purpose);
    resources.add(namespace);
    return namespace;
  }

  private TestNamespace pod(String name, String gateway, String address) throws Exception {
    TestNamespace pod = namespace(name);
    node.connect("v" + name, gateway + "/24", pod, "eth0", address + "/24");
    pod.exec("ip", "route", "add", "default", "via", gateway);
    return pod;
  }

  private static NodeSettings settings(Family family) {
    InetAddress nodeIp = Addresses.parse(NODE_IP).orElseThrow();
    return new NodeSettings(family, new EndpointChoice.Node("here", Map.of()), nodeIp, false, 0x4000,
        new LocalTraffic.FromCidr(Cidr.parse("10.0.0.0/16").orElseThrow()), new NodePortAddresses.Only(Set.of(nodeIp)),
        List.of(Cidr.parse("172.30.0.0/16").orElseThrow()));
  }

  private void sync(Service service, EndpointSlice... slices) throws Exception {
    sync.sync(ServiceMap.of(Family.IPV4, "here", List.of(service), List.of(slices)), false);
  }

  private static String call(String address, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 2000);
      socket.setSoTimeout(2000);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String ask(DatagramSocket socket) throws IOException {
    socket.setSoTimeout(1000);
    socket.send(new DatagramPacket(new byte[1], 1));
    DatagramPacket answer = new DatagramPacket(new byte[64], 64);
    socket.receive(answer);
    return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
  }

  private Set<String> callMany(TestNamespace from, String address, int port) throws Exception {
    return from.in(() -> {
      Set<String> answers = new HashSet<>();
      for (int i = 0; i < 40; i++) {
        answers.add(call(address, port));
      }
      return answers;
    });
  }

  @Test
  void a_pod_reaches_both_endpoints_by_cluster_ip_with_its_own_address() throws Exception {
    sync(service("ns/web", CLUSTER_IP), slice("ns/web", "TCP", 8080, "10.0.2.2", "10.0.3.2"));
    assertThat(callMany(client, CLUSTER_IP, 80)).containsExactlyInAnyOrder("pod2 10.0.1.2", "pod3 10.0.1.2");
  }

  @Test
  void the_node_and_the_outside_reach_a_node_port_and_are_masqueraded() throws Exception {
    sync(nodePort("ns/web", CLUSTER_IP, 30080), slice("ns/web", "TCP", 8080, "10.0.2.2"));
    assertThat(node.in(() -> call(NODE_IP, 30080))).isEqualTo("pod2 10.0.2.1");
    assertThat(outside.in(() -> call(NODE_IP, 30080))).isEqualTo("pod2 10.0.2.1");
    assertThat(outside.in(() -> call(CLUSTER_IP, 80))).as("cluster IP from outside the cluster").isEqualTo("pod2 10.0.2.1");
  }

  @Test
  void policy_local_keeps_the_client_address_and_drops_without_local_endpoint() throws Exception {
    Service local = service("ns/web", CLUSTER_IP, "TCP", 80,
        builder -> builder.editSpec().withType("NodePort").withExternalTrafficPolicy("Local")
        .editFirstPort().withNodePort(30080).endPort().endSpec());
    sync(local, slice("ns/web", "TCP", 8080, "10.0.2.2@here", "10.0.3.2@elsewhere"));
    assertThat(callMany(outside, NODE_IP, 30080)).containsExactly("pod2 192.168.77.2");
    sync(local, slice("ns/web", "TCP", 8080, "10.0.3.2@elsewhere"));
    assertThatThrownBy(() -> outside.in(() -> call(NODE_IP, 30080))).isInstanceOf(SocketTimeoutException.class);
    assertThat(node.in(() -> call(NODE_IP, 30080))).as("traffic of the node itself goes anywhere").startsWith("pod3");
  }

  @Test
  void a_pod_behind_a_service_reaches_itself_through_it() throws Exception {
    sync(service("ns/web", "172.30.0.10"), slice("ns/web", "TCP", 8080, "10.0.1.2"));
    resources.add(client.in(() -> new EchoServer("self", "10.0.1.2", 8080)));
    assertThat(client.in(() -> call(CLUSTER_IP, 80))).isEqualTo("self 10.0.1.1");
  }

  @Test
  void clients_with_affinity_stay_with_one_endpoint() throws Exception {
    Service sticky = service("ns/web", CLUSTER_IP, "TCP", 80, builder -> builder.editSpec().withSessionAffinity("ClientIP").endSpec());
    sync(sticky, slice("ns/web", "TCP", 8080, "10.0.2.2", "10.0.3.2"));
    assertThat(callMany(client, CLUSTER_IP, 80)).hasSize(1);
  }

  @Test
  void without_endpoints_a_connection_is_refused_at_once() throws Exception {
    sync(service("ns/web", CLUSTER_IP));
    assertThatThrownBy(() -> client.in(() -> call(CLUSTER_IP, 80))).isInstanceOf(ConnectException.class).hasMessageContaining("refused");
    assertThatThrownBy(() -> client.in(() -> call(CLUSTER_IP, 81))).as("a port the service has not").isInstanceOfAny(ConnectException.class,
        NoRouteToHostException.class);
    assertThatThrownBy(() -> client.in(() -> call("172.30.0.99", 80))).as("an address no service has")
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void udp_flows_leave_an_endpoint_that_went_and_find_the_first_that_came() throws Exception {
    Service dns = service("ns/dns", CLUSTER_IP, "UDP", 53, builder -> builder);
    sync(dns);
    DatagramSocket socket = client.in(DatagramSocket::new);
    resources.add(socket);
    client.in(() -> {
      socket.connect(new InetSocketAddress(CLUSTER_IP, 53));
      return null;
    });
    assertThatThrownBy(() -> client.in(() -> ask(socket))).isInstanceOfAny(PortUnreachableException.class, SocketTimeoutException.class);
    sync(dns, slice("ns/dns", "UDP", 8080, "10.0.2.2"));
    assertThat(client.in(() -> ask(socket))).isEqualTo("pod2 10.0.1.2");
    sync(dns, slice("ns/dns", "UDP", 8080, "10.0.3.2"));
    assertThat(client.in(() -> ask(socket))).as("the same socket, after its endpoint went").isEqualTo("pod3 10.0.1.2");
  }

  @Test
  void no_connection_fails_while_rules_change() throws Exception {
    Service web = service("ns/web", CLUSTER_IP);
    EndpointSlice one = slice("ns/web", "TCP", 8080, "10.0.2.2");
    EndpointSlice both = slice("ns/web", "TCP", 8080, "10.0.2.2", "10.0.3.2");
    sync(web, both);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger calls = new AtomicInteger();
    Thread updates = Thread.ofPlatform().start(() -> {
      for (int i = 0; !stop.get(); i++) {
        try {
          sync(web, i % 2 == 0 ? one : both);
        } catch (Exception problem) {
          throw new IllegalStateException(problem);
        }
      }
    });
    try {
      client.in(() -> {
        for (int i = 0; i < 5000; i++) {
          assertThat(call(CLUSTER_IP, 80)).startsWith("pod");
          calls.incrementAndGet();
        }
        return null;
      });
    } finally {
      stop.set(true);
      updates.join();
    }
    assertThat(calls).hasValue(5000);
  }
}
