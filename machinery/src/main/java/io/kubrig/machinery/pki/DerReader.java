package io.kubrig.machinery.pki;

import java.math.BigInteger;
import java.util.Arrays;

/** Reads values in the distinguished encoding rules (ITU-T X.690), one after the other; faults are told in the words of native servers. */
final class DerReader {
  private final byte[] data;
  private final int end;
  private int at;

  DerReader(byte[] data) {
    this(data, 0, data.length);
  }

  private DerReader(byte[] data, int from, int to) {
    this.data = data;
    this.at = from;
    this.end = to;
  }

  /** One value. @param from where it begins; @param content where its content begins; @param to where it ends */
  private record Value(int tag, int from, int content, int to) {}

  boolean isEmpty() {
    return at >= end;
  }

  /** The tag of the next value; -1 when there is none. */
  int tag() {
    return isEmpty() ? -1 : data[at] & 0xff;
  }

  private Value next() {
    int from = at;
    if (isEmpty()) {
      throw new PkiException("asn1: syntax error: sequence truncated");
    }
    int tag = octet();
    int length = octet();
    if (length > 0x80) {
      int octets = length & 0x7f;
      if (octets > 4) {
        throw new PkiException("asn1: structure error: length too large");
      }
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | octet();
      }
    } else if (length == 0x80) {
      throw new PkiException("asn1: syntax error: indefinite length found (not DER)");
    }
    if (length < 0 || length > end - at) {
      throw new PkiException("asn1: syntax error: data truncated");
    }
    int content = at;
    at += length;
    return new Value(tag, from, content, at);
  }

  private int octet() {
    if (isEmpty()) {
      throw new PkiException("asn1: syntax error: truncated tag or length");
    }
    return data[at++] & 0xff;
  }

  private Value expect(int tag) {
    Value value = next();
    if (value.tag() != tag) {
      throw new PkiException("asn1: structure error: tags don't match (" + tag + " vs " + value.tag() + ")");
    }
    return value;
  }

  /** The inside of a constructed value of a tag. */
  DerReader enter(int tag) {
    Value value = expect(tag);
    return new DerReader(data, value.content(), value.to());
  }

  /** The content of a value of a tag. */
  byte[] content(int tag) {
    Value value = expect(tag);
    return Arrays.copyOfRange(data, value.content(), value.to());
  }

  /** The next value as it stands, tag and length included. */
  byte[] whole() {
    Value value = next();
    return Arrays.copyOfRange(data, value.from(), value.to());
  }

  /** An object identifier in dotted form. */
  String oid() {
    byte[] content = content(0x06);
    StringBuilder text = new StringBuilder();
    BigInteger arc = BigInteger.ZERO;
    boolean first = true;
    for (byte octet : content) {
      arc = arc.shiftLeft(7).or(BigInteger.valueOf(octet & 0x7f));
      if ((octet & 0x80) == 0) {
        if (first) {
          int root = Math.min(2, arc.intValue() / 40);
          text.append(root).append('.').append(arc.subtract(BigInteger.valueOf(40L * root)));
          first = false;
        } else {
          text.append('.').append(arc);
        }
        arc = BigInteger.ZERO;
      }
    }
    return text.toString();
  }

  /** A bit string of whole octets. */
  byte[] bits() {
    byte[] content = content(0x03);
    return Arrays.copyOfRange(content, 1, content.length);
  }
}
