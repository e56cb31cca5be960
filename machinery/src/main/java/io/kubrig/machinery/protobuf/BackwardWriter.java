package io.kubrig.machinery.protobuf;

import java.nio.charset.StandardCharsets;

/** A buffer that is filled from its end, so that the length of a message is known when its head is written. */
final class BackwardWriter {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;

  private byte[] buffer = new byte[1024];
  private int start = buffer.length;

  /** How many bytes were written. */
  int length() {
    return buffer.length - start;
  }

  byte[] toBytes() {
    byte[] bytes = new byte[length()];
    System.arraycopy(buffer, start, bytes, 0, bytes.length);
    return bytes;
  }

  void tag(int number, int wireType) {
    varint((long) number << 3 | wireType);
  }

  void varint(long value) {
    int size = 1;
    for (long rest = value >>> 7; rest != 0; rest >>>= 7) {
      size++;
    }
    room(size);
    start -= size;
    long rest = value;
    for (int i = start; i < start + size - 1; i++) {
      buffer[i] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    buffer[start + size - 1] = (byte) rest;
  }

  void fixed64(long value) {
    room(8);
    start -= 8;
    for (int i = 0; i < 8; i++) {
      buffer[start + i] = (byte) (value >>> 8 * i);
    }
  }

  void fixed32BigEndian(int value) {
    room(4);
    start -= 4;
    for (int i = 0; i < 4; i++) {
      buffer[start + i] = (byte) (value >>> 8 * (3 - i));
    }
  }

  void raw(byte[] bytes) {
    room(bytes.length);
    start -= bytes.length;
    System.arraycopy(bytes, 0, buffer, start, bytes.length);
  }

  /** A whole field: tag, length, text. */
  void string(int number, String text) {
    int length = text.length();
    room(length);
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) >= 0x80) {
        bytes(number, text.getBytes(StandardCharsets.UTF_8));
        return;
      }
    }
    start -= length;
    for (int i = 0; i < length; i++) {
      buffer[start + i] = (byte) text.charAt(i);
    }
    varint(length);
    tag(number, BYTES);
  }

  /** A whole field: tag, length, bytes. */
  void bytes(int number, byte[] bytes) {
    raw(bytes);
    varint(bytes.length);
    tag(number, BYTES);
  }

  /** Closes the message whose content was written since {@link #length} was {@code end}. */
  void message(int number, int end) {
    varint(length() - end);
    tag(number, BYTES);
  }

  private void room(int count) {
    if (start >= count) {
      return;
    }
    int length = length();
    byte[] larger = new byte[Math.max(Math.multiplyExact(buffer.length, 2), Math.addExact(length, count))];
    System.arraycopy(buffer, start, larger, larger.length - length, length);
    start = larger.length - length;
    buffer = larger;
  }
}
