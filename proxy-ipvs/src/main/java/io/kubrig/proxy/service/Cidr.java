package io.kubrig.proxy.service;

import io.kubrig.proxy.netlink.Bytes;
import io.kubrig.proxy.nftables.Family;
import java.net.InetAddress;
import java.util.Optional;

/** A network: its first address and the number of leading bits that are fixed. */
public record Cidr(Family family, Bytes first, int bits) {

  /** Reads {@code address/bits}, with space around it tolerated as the API does; empty when malformed. Host bits are dropped. */
  public static Optional<Cidr> parse(String text) {
    String[] parts = text.strip().split("/", -1);
    if (parts.length != 2 || !parts[1].matches("\\d{1,3}")) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(parts[1]);
    return Addresses.parse(parts[0]).filter(address -> bits <= address.getAddress().length * 8).map(address -> of(address, bits));
  }

  /** The network of one address alone. */
  public static Cidr of(InetAddress address) {
    return of(address, address.getAddress().length * 8);
  }

  private static Cidr of(InetAddress address, int bits) {
    byte[] raw = address.getAddress();
    byte[] mask = mask(raw.length, bits);
    for (int i = 0; i < raw.length; i++) {
      raw[i] &= mask[i];
    }
    return new Cidr(Family.of(address), Bytes.of(raw), bits);
  }

  /** The mask of the network, as long as an address. */
  public Bytes mask() {
    return Bytes.of(mask(first.length(), bits));
  }

  public boolean contains(InetAddress address) {
    return Family.of(address) == family && of(address, bits).first.equals(first);
  }

  /** The address after the last one; empty when that is beyond all addresses. */
  public Optional<Bytes> end() {
    byte[] next = first.toArray();
    if (bits == 0) {
      return Optional.empty();
    }
    int index = (bits - 1) / 8;
    int carry = 1 << (7 - (bits - 1) % 8);
    while (index >= 0 && carry != 0) {
      int sum = (next[index] & 0xff) + carry;
      next[index--] = (byte) sum;
      carry = sum >> 8;
    }
    return carry == 0 ? Optional.of(Bytes.of(next)) : Optional.empty();
  }

  private static byte[] mask(int length, int bits) {
    byte[] mask = new byte[length];
    for (int i = 0; i < bits; i++) {
      mask[i / 8] |= (byte) (0x80 >> i % 8);
    }
    return mask;
  }
}
