package io.kubrig.proxy.routes;

import io.kubrig.proxy.netlink.AttributeWriter;
import io.kubrig.proxy.netlink.Bytes;
import io.kubrig.proxy.netlink.Netlink;
import io.kubrig.proxy.netlink.NetlinkException;
import io.kubrig.proxy.netlink.NetlinkMessage;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.service.Addresses;
import io.kubrig.proxy.service.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's routes in the kernel's main table that are ours: they have a protocol number of their own, and no other is touched.
 *
 * <p>Source: rtnetlink(7), linux/rtnetlink.h.
 */
final class KernelRoutes {
  /** Who made a route ({@code rtm_protocol}); {@code ip route} shows it as {@code proto 107}. */
  static final int PROTOCOL = 107;

  private static final Logger LOG = LoggerFactory.getLogger(KernelRoutes.class);
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_DELROUTE = 25;
  private static final int RTM_GETROUTE = 26;
  private static final int RT_TABLE_MAIN = 254;
  private static final int RTN_UNICAST = 1;
  private static final int RTA_DST = 1;
  private static final int RTA_GATEWAY = 5;
  private static final int DST_LEN = 1;
  private static final int TABLE = 4;
  private static final int BY = 5;
  private static final int TYPE = 7;
  private static final int HEADER = 12;

  private final Netlink netlink;

  /** @param netlink a conversation about routes */
  KernelRoutes(Netlink netlink) {
    this.netlink = netlink;
  }

  /** Our routes of a family. */
  Map<Cidr, InetAddress> read(Family family) throws NetlinkException {
    byte[] header = new byte[HEADER];
    header[0] = (byte) family.number();
    NetlinkMessage request =
        new NetlinkMessage(NetlinkMessage.SUBSYSTEM_ROUTE, RTM_GETROUTE, NetlinkMessage.NLM_F_DUMP, header, new byte[0]);
    Map<Cidr, InetAddress> routes = new HashMap<>();
    for (Netlink.Reply reply : netlink.dump(request)) {
      Bytes at = reply.header();
      boolean ours = reply.family() == family.number() && at.at(TABLE) == RT_TABLE_MAIN && at.at(BY) == PROTOCOL
          && at.at(TYPE) == RTN_UNICAST;
      Optional<Bytes> destination = reply.attributes().find(RTA_DST);
      Optional<Bytes> gateway = reply.attributes().find(RTA_GATEWAY);
      if (ours && destination.isPresent() && gateway.isPresent()) {
        routes.put(new Cidr(family, destination.get(), at.at(DST_LEN)), address(gateway.get()));
      }
    }
    return routes;
  }

  private static InetAddress address(Bytes raw) {
    try {
      return InetAddress.getByAddress(raw.toArray());
    } catch (UnknownHostException wrongLength) {
      throw new IllegalArgumentException("gateway of " + raw.length() + " bytes", wrongLength);
    }
  }

  /** Makes our routes of a family as they are wanted. Returns whether all are; what is not was told. */
  boolean make(Family family, Map<Cidr, InetAddress> wanted) throws NetlinkException {
    RouteDiff diff = RouteDiff.of(wanted, read(family));
    boolean all = true;
    for (Cidr range : diff.remove()) {
      all &= attempt("remove", range, null, message(RTM_DELROUTE, 0, range, null));
    }
    for (Map.Entry<Cidr, InetAddress> route : diff.change().entrySet()) {
      int flags = NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_REPLACE;
      all &= attempt("change", route.getKey(), route.getValue(), message(RTM_NEWROUTE, flags, route.getKey(), route.getValue()));
    }
    for (Map.Entry<Cidr, InetAddress> route : diff.add().entrySet()) {
      int flags = NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL; // another's route to the same pods stays
      all &= attempt("add", route.getKey(), route.getValue(), message(RTM_NEWROUTE, flags, route.getKey(), route.getValue()));
    }
    return all;
  }

  private boolean attempt(String what, Cidr range, InetAddress gateway, NetlinkMessage message) {
    String route = Addresses.text(address(range.first())) + "/" + range.bits() + (gateway == null ? "" : " via " + Addresses.text(gateway));
    try {
      netlink.request(message);
      LOG.info("Route {}: {}", route, what);
      return true;
    } catch (NetlinkException problem) {
      if (what.equals("remove") && problem.errno() == NetlinkException.ESRCH) {
        return true; // somebody was quicker
      }
      LOG.error("Cannot {} the route {}: {}", what, route, problem.getMessage());
      return false;
    }
  }

  private static NetlinkMessage message(int type, int flags, Cidr range, InetAddress gateway) {
    byte[] header = new byte[HEADER];
    header[0] = (byte) range.family().number();
    header[DST_LEN] = (byte) range.bits();
    header[TABLE] = (byte) RT_TABLE_MAIN;
    header[BY] = PROTOCOL;
    header[TYPE] = RTN_UNICAST;
    AttributeWriter attributes = new AttributeWriter().raw(RTA_DST, range.first());
    if (gateway != null) {
      attributes.raw(RTA_GATEWAY, gateway.getAddress());
    }
    return new NetlinkMessage(NetlinkMessage.SUBSYSTEM_ROUTE, type, flags, header, attributes.toArray());
  }
}
