package io.kubrig.proxy.nftables;

import io.kubrig.proxy.service.Addresses;
import io.kubrig.proxy.service.Cidr;
import io.kubrig.proxy.service.EndpointChoice;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Settings of a node "here" at 192.168.0.2 (fd00::2) whose pods have 10.0.0.0/8 (fd00:10::/64). */
public final class TestSettings {
  private TestSettings() {
  }

  public static NodeSettings settings(Family family) {
    boolean v4 = family == Family.IPV4;
    var nodeIp = Addresses.parse(v4 ? "192.168.0.2" : "fd00::2").orElseThrow();
    Cidr pods = Cidr.parse(v4 ? "10.0.0.0/8" : "fd00:10::/64").orElseThrow();
    Cidr services = Cidr.parse(v4 ? "172.30.0.0/16" : "fd00:172::/108").orElseThrow();
    return new NodeSettings(family, new EndpointChoice.Node("here", Map.of()), nodeIp, false, 0x4000, new LocalTraffic.FromCidr(pods),
        new NodePortAddresses.Only(Set.of(nodeIp)), List.of(services));
  }
}
