package io.kubrig.proxy.nftables;

import io.kubrig.proxy.netlink.Bytes;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A set or verdict map with its elements.
 *
 * @param name empty for an anonymous set
 * @param key what a key is made of
 * @param flags NFT_SET_*
 * @param timeoutMillis life of an element, zero for ever
 * @param comment empty for none
 * @param elements by key; for a dynamic set this is the packets' business and empty here
 */
public record NftSet(String name, Key key, int flags, long timeoutMillis, String comment, SortedMap<ElementKey, Element> elements) {
  public static final int ANONYMOUS = 0x1;
  public static final int CONSTANT = 0x2;
  public static final int INTERVAL = 0x4;
  public static final int MAP = 0x8;
  public static final int TIMEOUT = 0x10;
  public static final int DYNAMIC = 0x20;

  /** nft's type of a key and its length in bytes; {@code hostOrder} tells nft how to print numbers. */
  public record Key(int type, int length, boolean hostOrder) {
    private static final int INTEGER = 4;
    private static final int INET_PROTO = 12;
    private static final int INET_SERVICE = 13;
    private static final int TYPE_BITS = 6;

    public static Key address(Family family) {
      return new Key(family.addressType(), family.addressLength(), false);
    }

    public static Key addressAndPort(Family family) {
      return new Key((family.addressType() << TYPE_BITS | INET_PROTO) << TYPE_BITS | INET_SERVICE, family.addressLength() + 8, false);
    }

    public static Key protocolAndPort() {
      return new Key(INET_PROTO << TYPE_BITS | INET_SERVICE, 8, false);
    }

    public static Key number() {
      return new Key(INTEGER, 4, true);
    }
  }

  /** A key; in an interval set, a boundary that opens or, when {@code end}, closes an interval. */
  public record ElementKey(Bytes bytes, boolean end) implements Comparable<ElementKey> {
    @Override
    public int compareTo(ElementKey other) {
      int byBytes = bytes.compareTo(other.bytes);
      return byBytes != 0 ? byBytes : Boolean.compare(other.end, end);
    }
  }

  /** What a key stands for: a verdict in a map, null in a set; and a comment, empty for none. */
  public record Element(Verdict verdict, String comment) {
    public static final Element MEMBER = new Element(null, "");

    public Element {
      Objects.requireNonNull(comment);
    }
  }

  public NftSet {
    elements = Collections.unmodifiableSortedMap(new TreeMap<>(elements));
  }

  public boolean is(int flag) {
    return (flags & flag) != 0;
  }

  /** Whether the other set can take this one's place by changing elements only. */
  public boolean sameShape(NftSet other) {
    return key.type() == other.key.type() && key.length() == other.key.length() && flags == other.flags
        && timeoutMillis == other.timeoutMillis
        && comment.equals(other.comment);
  }

  public NftSet withElements(Map<ElementKey, Element> replacement) {
    return new NftSet(name, key, flags, timeoutMillis, comment, new TreeMap<>(replacement));
  }
}
