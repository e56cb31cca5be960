package io.kubrig.proxy.netlink;

import java.util.Arrays;
import java.util.HexFormat;

/** An immutable byte string compared by content: register data, set keys, user data. */
public final class Bytes implements Comparable<Bytes> {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** A copy of {@code content}. */
  public static Bytes of(byte[] content) {
    return new Bytes(content.clone());
  }

  /** A copy of a part of {@code content}; {@code to} is exclusive. */
  public static Bytes slice(byte[] content, int from, int to) {
    return new Bytes(Arrays.copyOfRange(content, from, to));
  }

  public byte[] toArray() {
    return content.clone();
  }

  public int length() {
    return content.length;
  }

  /** The unsigned byte at {@code index}. */
  public int at(int index) {
    return content[index] & 0xff;
  }

  /** Content followed by zeros up to a length that is a multiple of {@code alignment}. */
  public Bytes padded(int alignment) {
    int length = (content.length + alignment - 1) / alignment * alignment;
    return length == content.length ? this : new Bytes(Arrays.copyOf(content, length));
  }

  public Bytes plus(Bytes other) {
    byte[] joined = Arrays.copyOf(content, content.length + other.content.length);
    System.arraycopy(other.content, 0, joined, content.length, other.content.length);
    return new Bytes(joined);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(content, other.content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(content);
  }
}
