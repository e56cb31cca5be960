package io.kubrig.proxy.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.proxy.netlink.LinuxNetlink;
import io.kubrig.proxy.netlink.TestNamespace;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.service.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes in network namespaces, neighbours, each with a pod's address behind it, and routes in real kernels. */
class KernelRoutesIT {
  private static final int PORT = 7077;
  private static final int PATIENCE_MILLIS = 3000;

  private TestNamespace left;
  private TestNamespace right;
  private LinuxNetlink leftNetlink;
  private LinuxNetlink rightNetlink;

  @BeforeEach
  void connect() throws Exception {
    Assumptions.assumeTrue(TestNamespace.unavailable().isEmpty(), TestNamespace.unavailable());
    left = TestNamespace.create("left");
    right = TestNamespace.create("right");
    left.connect("eth0", "10.0.0.1/24", right, "eth0", "10.0.0.2/24");
    left.exec("ip", "addr", "add", "fd00::1/64", "dev", "eth0", "nodad");
    right.exec("ip", "addr", "add", "fd00::2/64", "dev", "eth0", "nodad");
    left.exec("ip", "addr", "add", "10.244.1.7/32", "dev", "lo");
    right.exec("ip", "addr", "add", "10.244.2.7/32", "dev", "lo");
    leftNetlink = left.in(LinuxNetlink::openRoutes);
    rightNetlink = right.in(LinuxNetlink::openRoutes);
  }

  @AfterEach
  void close() throws Exception {
    if (leftNetlink != null) {
      leftNetlink.close();
      rightNetlink.close();
      left.close();
      right.close();
    }
  }

  private static Map<Cidr, InetAddress> route(String range, String gateway) {
    return Map.of(Cidr.parse(range).orElseThrow(), InetAddress.ofLiteral(gateway));
  }

  private boolean make(Family family, Map<Cidr, InetAddress> wanted) throws Exception {
    return new KernelRoutes(leftNetlink).make(family, wanted);
  }

  /** What a pod on the right hears from one on the left: the address from which it is called. */
  private String call() throws Exception {
    try (ServerSocket server = right.in(() -> {
      ServerSocket socket = new ServerSocket();
      socket.bind(new InetSocketAddress("10.244.2.7", PORT));
      return socket;
    })) {
      Thread.ofVirtual().start(() -> {
        try (Socket caller = server.accept()) {
          caller.getOutputStream().write(caller.getInetAddress().getHostAddress().getBytes(StandardCharsets.UTF_8));
        } catch (IOException closed) {
          // nobody called
        }
      });
      return left.in(() -> {
        try (Socket socket = new Socket()) {
          socket.bind(new InetSocketAddress("10.244.1.7", 0));
          socket.setSoTimeout(PATIENCE_MILLIS);
          socket.connect(new InetSocketAddress("10.244.2.7", PORT), PATIENCE_MILLIS);
          return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
      });
    }
  }

  @Test
  void pods_on_two_nodes_reach_each_other() throws Exception {
    assertThat(make(Family.IPV4, route("10.244.2.0/24", "10.0.0.2"))).isTrue();
    assertThat(new KernelRoutes(rightNetlink).make(Family.IPV4, route("10.244.1.0/24", "10.0.0.1"))).isTrue();
    assertThat(call()).isEqualTo("10.244.1.7");
  }

  @Test
  void what_somebody_took_away_or_bent_is_put_right() throws Exception {
    Map<Cidr, InetAddress> wanted = route("10.244.2.0/24", "10.0.0.2");
    make(Family.IPV4, wanted);
    left.exec("ip", "route", "del", "10.244.2.0/24");
    make(Family.IPV4, wanted);
    assertThat(left.exec("ip", "route", "show", "10.244.2.0/24").strip()).isEqualTo("10.244.2.0/24 via 10.0.0.2 dev eth0 proto 107");
    left.exec("ip", "route", "replace", "10.244.2.0/24", "via", "10.0.0.9", "proto", "107");
    make(Family.IPV4, wanted);
    assertThat(left.exec("ip", "route", "show", "10.244.2.0/24")).contains("via 10.0.0.2");
    assertThat(new KernelRoutes(leftNetlink).read(Family.IPV4)).isEqualTo(wanted);
  }

  @Test
  void routes_that_are_wanted_no_more_go_and_those_of_others_stay() throws Exception {
    left.exec("ip", "route", "add", "10.244.9.0/24", "via", "10.0.0.2");
    make(Family.IPV4, route("10.244.2.0/24", "10.0.0.2"));
    assertThat(make(Family.IPV4, Map.of())).isTrue();
    assertThat(left.exec("ip", "route")).contains("10.244.9.0/24").doesNotContain("10.244.2.0/24").contains("10.0.0.0/24");
    assertThat(make(Family.IPV4, route("10.244.9.0/24", "10.0.0.3"))).as("a range that another's route leads to").isFalse();
    assertThat(left.exec("ip", "route", "show", "10.244.9.0/24")).contains("via 10.0.0.2");
  }

  @Test
  void one_node_that_is_no_neighbour_does_not_keep_the_others_from_their_routes() throws Exception {
    Map<Cidr, InetAddress> wanted = new LinkedHashMap<>(route("10.244.3.0/24", "172.16.0.1"));
    wanted.putAll(route("10.244.2.0/24", "10.0.0.2"));
    assertThat(make(Family.IPV4, wanted)).isFalse();
    assertThat(new KernelRoutes(leftNetlink).read(Family.IPV4)).isEqualTo(route("10.244.2.0/24", "10.0.0.2"));
  }

  @Test
  void the_other_family_is_routed_as_well() throws Exception {
    Map<Cidr, InetAddress> wanted = route("fd00:2::/64", "fd00::2");
    assertThat(make(Family.IPV6, wanted)).isTrue();
    assertThat(new KernelRoutes(leftNetlink).read(Family.IPV6)).isEqualTo(wanted);
    Map<Cidr, InetAddress> moved = route("fd00:2::/64", "fd00::9");
    assertThat(make(Family.IPV6, moved)).isTrue();
    assertThat(new KernelRoutes(leftNetlink).read(Family.IPV6)).isEqualTo(moved);
    make(Family.IPV6, Map.of());
    assertThat(left.exec("ip", "-6", "route")).doesNotContain("fd00:2::");
  }
}
