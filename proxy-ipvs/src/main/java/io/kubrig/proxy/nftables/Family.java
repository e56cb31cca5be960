package io.kubrig.proxy.nftables;

import io.kubrig.proxy.netlink.Bytes;
import java.net.InetAddress;

/** The two address families that have a table each, with what differs between them in a rule. */
public enum Family {
  IPV4(2, "ip", 4, 12, 16, 7, 3),
  IPV6(10, "ip6", 16, 8, 24, 8, 4);

  private final int number;
  private final String label;
  private final int addressLength;
  private final int sourceOffset;
  private final int destinationOffset;
  private final int addressType;
  private final int portUnreachable;

  Family(int number, String label, int addressLength, int sourceOffset, int destinationOffset, int addressType, int portUnreachable) {
    this.number = number;
    this.label = label;
    this.addressLength = addressLength;
    this.sourceOffset = sourceOffset;
    this.destinationOffset = destinationOffset;
    this.addressType = addressType;
    this.portUnreachable = portUnreachable;
  }

  public static Family of(InetAddress address) {
    return address.getAddress().length == 4 ? IPV4 : IPV6;
  }

  /** NFPROTO_IPV4 or NFPROTO_IPV6. */
  public int number() {
    return number;
  }

  /** The family's name in {@code nft}: ip or ip6. */
  public String label() {
    return label;
  }

  /** Unit: bytes. */
  public int addressLength() {
    return addressLength;
  }

  /** Offset of the source address in the network header. Unit: bytes. */
  public int sourceOffset() {
    return sourceOffset;
  }

  /** Offset of the destination address in the network header. Unit: bytes. */
  public int destinationOffset() {
    return destinationOffset;
  }

  /** nft's type number of ipv4_addr or ipv6_addr. */
  public int addressType() {
    return addressType;
  }

  /** The ICMP or ICMPv6 code of "port unreachable". */
  public int portUnreachable() {
    return portUnreachable;
  }

  /** The loopback network's leading bytes: 127/8, or ::1 whole. */
  public Bytes loopback() {
    byte[] all = new byte[16];
    all[15] = 1;
    return this == IPV4 ? Bytes.of(new byte[] {127}) : Bytes.of(all);
  }
}
