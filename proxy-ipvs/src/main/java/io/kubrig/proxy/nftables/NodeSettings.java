package io.kubrig.proxy.nftables;

import io.kubrig.proxy.service.Cidr;
import io.kubrig.proxy.service.EndpointChoice;
import java.net.InetAddress;
import java.util.List;

/**
 * What the rules of one family depend on besides services: the node and the options.
 *
 * @param nodeIp the node's address in this family, null when it has none
 * @param masqueradeMark the packet mark that asks for masquerading, one bit
 * @param serviceCidrs the ranges cluster IPs are taken from, empty when not known
 */
public record NodeSettings(Family family, EndpointChoice.Node node, InetAddress nodeIp, boolean masqueradeAll, int masqueradeMark,
    LocalTraffic localTraffic,
    NodePortAddresses nodePortAddresses, List<Cidr> serviceCidrs) {
  public NodeSettings {
    serviceCidrs = List.copyOf(serviceCidrs);
  }
}
