package io.kubrig.machinery.json;

/** UTF-8 as Go checks it: shortest forms only, no surrogates, nothing above U+10FFFF; one replacement for each byte that is wrong. */
final class Utf8 {
  static final int REPLACEMENT = 0xfffd;

  private Utf8() {}

  /** The length of the well-formed sequence of two or more bytes that starts here, or 0. */
  static int sequenceLength(byte[] in, int at) {
    int first = in[at] & 0xff;
    if (first < 0xc2 || first > 0xf4) {
      return 0;
    }
    int size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (at + size > in.length) {
      return 0;
    }
    int second = in[at + 1] & 0xff;
    int lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) {
      return 0;
    }
    for (int i = 2; i < size; i++) {
      if ((in[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }

  /** Writes a code point and answers the position behind it. */
  static int put(int point, byte[] out, int at) {
    int to = at;
    if (point < 0x80) {
      out[to++] = (byte) point;
    } else if (point < 0x800) {
      out[to++] = (byte) (0xc0 | point >> 6);
      out[to++] = (byte) (0x80 | point & 0x3f);
    } else if (point < 0x10000) {
      out[to++] = (byte) (0xe0 | point >> 12);
      out[to++] = (byte) (0x80 | point >> 6 & 0x3f);
      out[to++] = (byte) (0x80 | point & 0x3f);
    } else {
      out[to++] = (byte) (0xf0 | point >> 18);
      out[to++] = (byte) (0x80 | point >> 12 & 0x3f);
      out[to++] = (byte) (0x80 | point >> 6 & 0x3f);
      out[to++] = (byte) (0x80 | point & 0x3f);
    }
    return to;
  }
}
