package io.kubrig.machinery.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the fields of one message in a range of bytes. */
final class WireReader {
  private final byte[] bytes;
  private final int end;
  private int at;
  private int number;
  private int wireType;

  WireReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** Reads the next tag; false at the end of the message. */
  boolean next() {
    if (at >= end) {
      return false;
    }
    long tag = varint();
    number = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (number <= 0 || tag >>> 32 != 0) {
      throw new ProtobufException("proto: illegal tag " + number + " (wire type " + wireType + ")");
    }
    return true;
  }

  int number() {
    return number;
  }

  long varintField() {
    expect(BackwardWriter.VARINT);
    return varint();
  }

  double doubleField() {
    expect(BackwardWriter.FIXED64);
    return Double.longBitsToDouble(fixed64());
  }

  String string() {
    WireReader content = message();
    return new String(bytes, content.at, content.end - content.at, StandardCharsets.UTF_8);
  }

  byte[] bytes() {
    WireReader content = message();
    return Arrays.copyOfRange(bytes, content.at, content.end);
  }

  /** The content of a field with a length. */
  WireReader message() {
    expect(BackwardWriter.BYTES);
    long length = varint();
    if (length < 0 || length > end - at) {
      throw new ProtobufException("unexpected EOF");
    }
    int from = at;
    at += (int) length;
    return new WireReader(bytes, from, at);
  }

  /** Whether this reader's message has no more bytes. */
  boolean isEmpty() {
    return at >= end;
  }

  /** Passes over the value of an unknown field. */
  void skip() {
    switch (wireType) {
      case BackwardWriter.VARINT -> varint();
      case BackwardWriter.FIXED64 -> advance(8);
      case BackwardWriter.BYTES -> message();
      case 5 -> advance(4);
      default -> throw new ProtobufException("proto: illegal wireType " + wireType);
    }
  }

  private void expect(int expected) {
    if (wireType != expected) {
      throw new ProtobufException("proto: wrong wireType = " + wireType + " for field " + number);
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw new ProtobufException("unexpected EOF");
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new ProtobufException("proto: integer overflow");
  }

  private long fixed64() {
    int from = at;
    advance(8);
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | bytes[from + i] & 0xff;
    }
    return value;
  }

  private void advance(int count) {
    if (end - at < count) {
      throw new ProtobufException("unexpected EOF");
    }
    at += count;
  }
}
