package io.kubrig.proxy.conntrack;

import io.kubrig.proxy.netlink.AttributeWriter;
import io.kubrig.proxy.netlink.Attributes;
import io.kubrig.proxy.netlink.Bytes;
import io.kubrig.proxy.netlink.Netlink;
import io.kubrig.proxy.netlink.NetlinkException;
import io.kubrig.proxy.netlink.NetlinkMessage;
import io.kubrig.proxy.nftables.Family;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/** The kernel's table of tracked flows. Source: linux/netfilter/nfnetlink_conntrack.h. */
public final class Conntrack {
  private static final int GET = 1;
  private static final int DELETE = 2;
  private static final int TUPLE_ORIGINAL = 1;
  private static final int TUPLE_REPLY = 2;
  private static final int ID = 12;
  private static final int TUPLE_IP = 1;
  private static final int TUPLE_PROTOCOL = 2;

  private final Netlink netlink;

  public Conntrack(Netlink netlink) {
    this.netlink = netlink;
  }

  /** All flows of a family and IP protocol. */
  public List<Flow> flows(Family family, int protocol) throws NetlinkException {
    NetlinkMessage request =
        new NetlinkMessage(NetlinkMessage.SUBSYSTEM_CONNTRACK, GET, NetlinkMessage.NLM_F_DUMP, family.number(), new byte[0]);
    return netlink.dump(request).stream().map(reply -> flow(family, reply.attributes())).flatMap(Optional::stream)
        .filter(flow -> flow.protocol() == protocol).toList();
  }

  /** Forgets a flow; one that is gone already is no error. Returns whether it was there. */
  public boolean delete(Family family, Flow flow) throws NetlinkException {
    byte[] attributes = new AttributeWriter().raw(TUPLE_ORIGINAL | 1 << 15, flow.tuple()).u32(ID, flow.id()).toArray();
    try {
      netlink.request(new NetlinkMessage(NetlinkMessage.SUBSYSTEM_CONNTRACK, DELETE, 0, family.number(), attributes));
      return true;
    } catch (NetlinkException problem) {
      if (problem.errno() == NetlinkException.ENOENT) {
        return false;
      }
      throw problem;
    }
  }

  private static Optional<Flow> flow(Family family, Attributes attributes) {
    Optional<Attributes> original = attributes.findNested(TUPLE_ORIGINAL);
    Optional<Attributes> reply = attributes.findNested(TUPLE_REPLY);
    if (original.isEmpty() || reply.isEmpty()) {
      return Optional.empty();
    }
    Attributes ports = original.get().findNested(TUPLE_PROTOCOL).orElseThrow();
    return address(family, original.get(), false)
        .flatMap(destination -> address(family, reply.get(), true).map(source -> new Flow(ports.u32(1, 0),
        destination, ports.u32(3, 0), source, reply.get().findNested(TUPLE_PROTOCOL).orElseThrow().u32(2, 0),
            attributes.find(TUPLE_ORIGINAL).orElseThrow(),
        attributes.u32(ID, 0))));
  }

  private static Optional<InetAddress> address(Family family, Attributes tuple, boolean source) {
    int type = (family == Family.IPV4 ? 1 : 3) + (source ? 0 : 1);
    return tuple.findNested(TUPLE_IP).flatMap(ip -> ip.find(type)).map(Conntrack::address);
  }

  private static InetAddress address(Bytes raw) {
    try {
      return InetAddress.getByAddress(raw.toArray());
    } catch (UnknownHostException wrongLength) {
      throw new IllegalArgumentException("conntrack address of " + raw.length() + " bytes", wrongLength);
    }
  }
}
