package io.kubrig.proxy.netlink;

/**
 * A netlink message without its netlink header.
 *
 * @param subsystem NFNL_SUBSYS_* of netfilter: 10 nf_tables, 1 ctnetlink; 0 for routes
 * @param type message type within the subsystem
 * @param flags NLM_F_* beyond NLM_F_REQUEST, which the transport adds
 * @param header what stands before the attributes: {@code struct nfgenmsg}, or {@code struct rtmsg} of routes
 * @param attributes the encoded attributes
 */
public record NetlinkMessage(int subsystem, int type, int flags, byte[] header, byte[] attributes) {
  public static final int SUBSYSTEM_ROUTE = 0;
  public static final int SUBSYSTEM_CONNTRACK = 1;
  public static final int SUBSYSTEM_NFTABLES = 10;

  public static final int NLM_F_ACK = 0x4;
  public static final int NLM_F_DUMP = 0x300;
  public static final int NLM_F_REPLACE = 0x100;
  public static final int NLM_F_EXCL = 0x200;
  public static final int NLM_F_CREATE = 0x400;
  public static final int NLM_F_APPEND = 0x800;

  /** A message of netfilter. @param family {@code nfgen_family}: 2 for IPv4, 10 for IPv6 */
  public NetlinkMessage(int subsystem, int type, int flags, int family, byte[] attributes) {
    this(subsystem, type, flags, new byte[] {(byte) family, 0, 0, 0}, attributes);
  }
}
