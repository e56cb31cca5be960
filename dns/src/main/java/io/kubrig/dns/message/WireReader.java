package io.kubrig.dns.message;

import java.nio.charset.StandardCharsets;

/** Reads the fields of a message. Reading beyond its end throws IndexOutOfBoundsException, a bad name IllegalArgumentException. */
public final class WireReader {
  private static final int MAX_NAME = 255;

  private final byte[] bytes;
  private int position;

  public WireReader(byte[] bytes) {
    this.bytes = bytes;
  }

  public int position() {
    return position;
  }

  public void seek(int to) {
    position = to;
  }

  public void skip(int length) {
    position += length;
    if (position > bytes.length) {
      throw new IndexOutOfBoundsException("message ends within a record");
    }
  }

  public int u16(int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }

  public int u16() {
    int value = u16(position);
    position += 2;
    return value;
  }

  public long u32() {
    return (long) u16() << 16 | u16();
  }

  /** A name without its final dot; dots and backslashes within a label are escaped. Pointers lead backwards only, so this ends. */
  public String name() {
    StringBuilder text = new StringBuilder();
    int at = position;
    int limit = position;
    boolean jumped = false;
    while (true) {
      int length = bytes[at] & 0xff;
      if (length == 0) {
        position = jumped ? position : at + 1;
        return text.toString();
      }
      if ((length & 0xc0) == 0xc0) {
        int target = u16(at) & 0x3fff;
        if (target >= limit) {
          throw new IllegalArgumentException("name pointer leads forward");
        }
        position = jumped ? position : at + 2;
        jumped = true;
        limit = target;
        at = target;
      } else if ((length & 0xc0) != 0) {
        throw new IllegalArgumentException("label type " + (length >> 6));
      } else {
        appendLabel(text, at + 1, length);
        at += 1 + length;
      }
    }
  }

  private void appendLabel(StringBuilder text, int from, int length) {
    String label = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    text.append(text.isEmpty() ? "" : ".").append(label.replace("\\", "\\\\").replace(".", "\\."));
    if (text.length() > 2 * MAX_NAME) {
      throw new IllegalArgumentException("name too long");
    }
  }
}
