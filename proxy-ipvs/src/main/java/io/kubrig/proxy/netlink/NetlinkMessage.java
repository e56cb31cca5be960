package io.kubrig.proxy.netlink;

/**
 * A netfilter netlink message without its headers.
 *
 * @param subsystem NFNL_SUBSYS_*: 10 nf_tables, 1 ctnetlink
 * @param type message type within the subsystem
 * @param flags NLM_F_* beyond NLM_F_REQUEST, which the transport adds
 * @param family {@code nfgen_family}: 2 for IPv4, 10 for IPv6
 * @param attributes the encoded attributes
 */
public record NetlinkMessage(int subsystem, int type, int flags, int family, byte[] attributes) {
  public static final int SUBSYSTEM_CONNTRACK = 1;
  public static final int SUBSYSTEM_NFTABLES = 10;

  public static final int NLM_F_ACK = 0x4;
  public static final int NLM_F_DUMP = 0x300;
  public static final int NLM_F_EXCL = 0x200;
  public static final int NLM_F_CREATE = 0x400;
  public static final int NLM_F_APPEND = 0x800;
}
