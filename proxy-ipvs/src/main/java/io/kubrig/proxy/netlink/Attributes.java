package io.kubrig.proxy.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The attributes of a received message, in order. A type may occur more than once (lists). */
public final class Attributes {
  private static final int TYPE_MASK = 0x3fff;

  /** One attribute: its type without the nested and byte-order flags, and its value. */
  public record Attribute(int type, Bytes value) {
    public Attributes nested() {
      return parse(value.toArray(), 0);
    }
  }

  private final List<Attribute> attributes;

  private Attributes(List<Attribute> attributes) {
    this.attributes = attributes;
  }

  /** Reads the attributes from {@code offset} to the end; a truncated one is a bug of the sender and throws. */
  public static Attributes parse(byte[] message, int offset) {
    ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
    List<Attribute> found = new ArrayList<>();
    int at = offset;
    while (at + 4 <= message.length) {
      int size = buffer.getShort(at) & 0xffff;
      int type = buffer.getShort(at + 2) & TYPE_MASK;
      if (size < 4 || at + size > message.length) {
        throw new IllegalArgumentException("truncated netlink attribute " + type + " at byte " + at);
      }
      found.add(new Attribute(type, Bytes.slice(message, at + 4, at + size)));
      at += (size + 3) & ~3;
    }
    return new Attributes(found);
  }

  public List<Attribute> all() {
    return attributes;
  }

  public Optional<Bytes> find(int type) {
    return attributes.stream().filter(attribute -> attribute.type() == type).map(Attribute::value).findFirst();
  }

  public Optional<Attributes> findNested(int type) {
    return find(type).map(value -> parse(value.toArray(), 0));
  }

  /** The string of a type without its terminating zero; empty when absent. */
  public String string(int type) {
    return find(type).map(Attributes::text).orElse("");
  }

  /** The big-endian number of a type, of whatever width; {@code absent} when it is not there. */
  public long number(int type, long absent) {
    return find(type).map(Attributes::bigEndian).orElse(absent);
  }

  public int u32(int type, int absent) {
    return (int) number(type, absent);
  }

  private static long bigEndian(Bytes value) {
    long number = 0;
    for (int i = 0; i < value.length(); i++) {
      number = number << 8 | value.at(i);
    }
    return number;
  }

  private static String text(Bytes value) {
    byte[] content = value.toArray();
    int end = content.length;
    while (end > 0 && content[end - 1] == 0) {
      end--;
    }
    return new String(content, 0, end, StandardCharsets.UTF_8);
  }
}
