package io.kubrig.proxy.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A growing list of netlink attributes ({@code struct nlattr}): headers in the machine's byte order, netfilter's numbers in network order,
 * every attribute padded to four bytes.
 */
public final class AttributeWriter {
  private static final int NLA_F_NESTED = 1 << 15;
  private static final int HEADER = 4;

  private byte[] buffer = new byte[256];
  private int length;

  public AttributeWriter raw(int type, byte[] value) {
    int start = open(type);
    ensure(value.length);
    System.arraycopy(value, 0, buffer, length, value.length);
    length += value.length;
    return close(start);
  }

  public AttributeWriter raw(int type, Bytes value) {
    return raw(type, value.toArray());
  }

  /** A zero-terminated string, as netfilter names are. */
  public AttributeWriter string(int type, String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    return raw(type, Arrays.copyOf(text, text.length + 1));
  }

  public AttributeWriter u8(int type, int value) {
    return raw(type, new byte[] {(byte) value});
  }

  public AttributeWriter u16(int type, int value) {
    return raw(type, ByteBuffer.allocate(2).putShort((short) value).array());
  }

  public AttributeWriter u32(int type, int value) {
    return raw(type, ByteBuffer.allocate(4).putInt(value).array());
  }

  public AttributeWriter u64(int type, long value) {
    return raw(type, ByteBuffer.allocate(8).putLong(value).array());
  }

  /** An attribute whose value is what {@code content} writes. */
  public AttributeWriter nested(int type, Consumer<AttributeWriter> content) {
    int start = open(type | NLA_F_NESTED);
    content.accept(this);
    return close(start);
  }

  /** Unit: bytes written so far. */
  public int length() {
    return length;
  }

  public byte[] toArray() {
    return Arrays.copyOf(buffer, length);
  }

  private int open(int type) {
    ensure(HEADER);
    int start = length;
    nativeOrder().putShort(start + 2, (short) type);
    length += HEADER;
    return start;
  }

  private AttributeWriter close(int start) {
    int size = length - start;
    if (size > 0xffff) {
      throw new IllegalStateException("netlink attribute of " + size + " bytes: the limit is 65535");
    }
    nativeOrder().putShort(start, (short) size);
    int padding = -size & 3;
    ensure(padding);
    length += padding;
    return this;
  }

  private ByteBuffer nativeOrder() {
    return ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
  }

  private void ensure(int more) {
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
    }
  }
}
