package io.kubrig.machinery.informers;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes in pieces, lines out. A line that lies within one piece is not copied. */
final class Lines {
  private static final int ROOM = 4 << 10;
  private static final int MOST_KEPT = 1 << 20; // room that a longer line has taken is given back

  private final Reader reader;
  private byte[] begun = new byte[ROOM];
  private int length; // of the line that has begun

  /** Who is given the lines. */
  interface Reader {
    /** A line without its end; the bytes are valid during the call only. */
    void line(byte[] bytes, int offset, int length);
  }

  Lines(Reader reader) {
    this.reader = reader;
  }

  void feed(ByteBuffer piece) {
    byte[] bytes = bytes(piece);
    int start = piece.hasArray() ? piece.arrayOffset() + piece.position() : 0;
    int limit = start + piece.remaining();
    for (int end = end(bytes, start, limit); end < limit; end = end(bytes, start, limit)) {
      whole(bytes, start, end);
      start = end + 1;
    }
    keep(bytes, start, limit);
  }

  private static byte[] bytes(ByteBuffer piece) {
    if (piece.hasArray()) {
      return piece.array();
    }
    byte[] bytes = new byte[piece.remaining()];
    piece.duplicate().get(bytes);
    return bytes;
  }

  private static int end(byte[] bytes, int start, int limit) {
    int at = start;
    while (at < limit && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private void whole(byte[] bytes, int start, int end) {
    if (length == 0) {
      tell(bytes, start, end - start);
      return;
    }
    keep(bytes, start, end);
    int whole = length;
    length = 0;
    tell(begun, 0, whole);
    if (begun.length > MOST_KEPT) {
      begun = new byte[ROOM];
    }
  }

  private void tell(byte[] bytes, int offset, int count) {
    if (count > 0) {
      reader.line(bytes, offset, count);
    }
  }

  private void keep(byte[] bytes, int start, int limit) {
    int more = limit - start;
    if (length + more > begun.length) {
      begun = Arrays.copyOf(begun, Math.max(2 * begun.length, length + more));
    }
    System.arraycopy(bytes, start, begun, length, more);
    length += more;
  }
}
