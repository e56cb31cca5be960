package io.kubrig.operators.nodeipam;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/** The equal ranges that one cluster range is cut into, and which of them are taken. */
final class Ranges {
  private final BigInteger base;
  private final int bits;
  private final int clusterMask;
  private final int nodeMask;
  private final int count;
  private final BitSet taken = new BitSet();
  private int next;

  /** @param cidr the cluster's range; @param nodeMask the length of each node's prefix, at most 16 longer */
  Ranges(String cidr, int nodeMask) {
    Cidr whole = Cidr.of(cidr);
    this.base = whole.base();
    this.bits = whole.bits();
    this.clusterMask = whole.mask();
    this.nodeMask = nodeMask;
    if (nodeMask < clusterMask || nodeMask - clusterMask > 16 || nodeMask > bits) {
      throw new IllegalArgumentException("node mask size /" + nodeMask + " does not fit the cluster range " + cidr);
    }
    this.count = 1 << (nodeMask - clusterMask);
  }

  /** A range of addresses. */
  record Cidr(BigInteger base, int bits, int mask) {
    static Cidr of(String text) {
      String[] parts = text.trim().split("/");
      try {
        byte[] address = InetAddress.ofLiteral(parts[0]).getAddress();
        int bits = address.length * 8;
        int mask = Integer.parseInt(parts[1]);
        BigInteger number = new BigInteger(1, address).shiftRight(bits - mask).shiftLeft(bits - mask);
        return new Cidr(number, bits, mask);
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("not a range of addresses: " + text, e);
      }
    }

    private BigInteger end() {
      return base.add(BigInteger.ONE.shiftLeft(bits - mask));
    }
  }

  /** Takes the next free range; empty when there is none. */
  synchronized Optional<String> allocate() {
    for (int tried = 0; tried < count; tried++) {
      int index = (next + tried) % count;
      if (!taken.get(index)) {
        taken.set(index);
        next = (index + 1) % count;
        return Optional.of(text(index));
      }
    }
    return Optional.empty();
  }

  /** Marks all ranges that a range touches. */
  synchronized void occupy(String cidr) {
    mark(cidr, true);
  }

  /** Frees them. */
  synchronized void release(String cidr) {
    mark(cidr, false);
  }

  /** Whether a range is of this one's family and touches it. */
  boolean touches(String cidr) {
    Cidr other = Cidr.of(cidr);
    return other.bits() == bits && other.end().compareTo(base) > 0
        && other.base().compareTo(base.add(BigInteger.ONE.shiftLeft(bits - clusterMask))) < 0;
  }

  private void mark(String cidr, boolean value) {
    if (!touches(cidr)) {
      return;
    }
    Cidr other = Cidr.of(cidr);
    int first = Math.max(0, index(other.base()));
    int last = Math.min(count - 1, index(other.end().subtract(BigInteger.ONE)));
    taken.set(first, last + 1, value);
  }

  private int index(BigInteger address) {
    return address.subtract(base).shiftRight(bits - nodeMask).min(BigInteger.valueOf(count)).max(BigInteger.valueOf(-1)).intValue();
  }

  private String text(int index) {
    byte[] number = base.add(BigInteger.valueOf(index).shiftLeft(bits - nodeMask)).toByteArray();
    byte[] address = new byte[bits / 8];
    byte[] digits = number.length > address.length ? Arrays.copyOfRange(number, number.length - address.length, number.length) : number;
    System.arraycopy(digits, 0, address, address.length - digits.length, digits.length);
    try {
      return Addresses.text(InetAddress.getByAddress(address)) + "/" + nodeMask;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
