package io.kubrig.machinery.json;

import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A growing buffer of JSON, printed as Go's encoding/json prints it: members in the order of the tree, {@code <}, {@code >}, {@code &},
 * U+2028 and U+2029 escaped.
 */
public final class JsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final int LONGEST_NUMBER = 20;

  /** 0 for ASCII that is written as it is, the letter of a short escape, or 'u'. */
  private static final byte[] ESCAPES = escapes();

  private final boolean pretty;
  private byte[] out;
  private int size;
  private int indent;

  public JsonWriter() {
    this(false, 512);
  }

  /**
   * @param pretty two spaces of indentation, as {@code ?pretty=true}
   * @param capacity the expected size in bytes
   */
  public JsonWriter(boolean pretty, int capacity) {
    this.pretty = pretty;
    out = new byte[Math.max(16, capacity)];
  }

  private static byte[] escapes() {
    byte[] table = new byte[128];
    Arrays.fill(table, 0, ' ', (byte) 'u');
    table['\b'] = 'b';
    table['\f'] = 'f';
    table['\n'] = 'n';
    table['\r'] = 'r';
    table['\t'] = 't';
    table['"'] = '"';
    table['\\'] = '\\';
    table['<'] = 'u';
    table['>'] = 'u';
    table['&'] = 'u';
    return table;
  }

  /** Writes a Tree, List, String, Long, Integer, Double, Boolean or null. */
  public JsonWriter value(Object value) {
    switch (value) {
      case null -> raw(NULL);
      case String text -> string(text);
      case Tree tree -> tree(tree);
      case List<?> list -> list(list);
      case Long number -> integer(number);
      case Integer number -> integer(number);
      case Boolean flag -> raw(flag ? TRUE : FALSE);
      case Double number -> raw(GoFloat.format(number).getBytes(StandardCharsets.ISO_8859_1));
      default -> throw new IllegalArgumentException("not a value of a tree: " + value.getClass().getName());
    }
    return this;
  }

  /** Appends bytes as they are. */
  public JsonWriter raw(byte[] bytes) {
    return raw(bytes, 0, bytes.length);
  }

  public JsonWriter raw(byte[] bytes, int from, int length) {
    room(length);
    System.arraycopy(bytes, from, out, size, length);
    size += length;
    return this;
  }

  /** Appends one byte of structure, for callers that frame values themselves. */
  public JsonWriter raw(char ascii) {
    room(1);
    out[size++] = (byte) ascii;
    return this;
  }

  public int size() {
    return size;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(out, size);
  }

  public void writeTo(OutputStream stream) throws IOException {
    stream.write(out, 0, size);
  }

  // ---- structure -----------------------------------------------------------------------------------------------------

  private void tree(Tree tree) {
    byte[] known = pretty ? null : tree.sharedJson();
    if (known != null) {
      raw(known);
      return;
    }
    int count = tree.size();
    raw('{');
    indent++;
    for (int i = 0; i < count; i++) {
      separate(i);
      string(tree.nameAt(i));
      raw(':');
      if (pretty) {
        raw(' ');
      }
      value(tree.valueAt(i));
    }
    close(count, '}');
  }

  private void list(List<?> list) {
    int count = list.size();
    raw('[');
    indent++;
    for (int i = 0; i < count; i++) {
      separate(i);
      value(list.get(i));
    }
    close(count, ']');
  }

  private void separate(int position) {
    if (position > 0) {
      raw(',');
    }
    newLine();
  }

  private void close(int count, char bracket) {
    indent--;
    if (count > 0) {
      newLine();
    }
    raw(bracket);
  }

  private void newLine() {
    if (pretty) {
      raw('\n');
      room(indent * 2);
      Arrays.fill(out, size, size + indent * 2, (byte) ' ');
      size += indent * 2;
    }
  }

  // ---- scalars -------------------------------------------------------------------------------------------------------

  private void integer(long number) {
    room(LONGEST_NUMBER);
    if (number == Long.MIN_VALUE) {
      raw(Long.toString(number).getBytes(StandardCharsets.ISO_8859_1));
      return;
    }
    if (number < 0) {
      out[size++] = '-';
    }
    long rest = Math.abs(number);
    int digits = 1;
    for (long bound = 10; digits < 19 && rest >= bound; bound *= 10) {
      digits++;
    }
    for (int i = size + digits - 1; i >= size; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
  }

  /** Writes a quoted string. */
  public JsonWriter string(String text) {
    int length = text.length();
    room(length + 2);
    out[size++] = '"';
    int i = 0;
    // plain ASCII needs no further look at the room
    for (; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || ESCAPES[c] != 0) {
        break;
      }
      out[size++] = (byte) c;
    }
    for (; i < length; i++) {
      room(length - i + 8);
      char c = text.charAt(i);
      if (c < 0x80) {
        ascii(c);
      } else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
        size = Utf8.put(Character.toCodePoint(c, text.charAt(++i)), out, size);
      } else if (Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
        unicode(Character.isSurrogate(c) ? (char) Utf8.REPLACEMENT : c);
      } else {
        size = Utf8.put(c, out, size);
      }
    }
    return raw('"');
  }

  private void ascii(char c) {
    byte escape = ESCAPES[c];
    if (escape == 0) {
      out[size++] = (byte) c;
    } else if (escape == 'u') {
      unicode(c);
    } else {
      out[size++] = '\\';
      out[size++] = escape;
    }
  }

  private void unicode(char c) {
    out[size++] = '\\';
    out[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      out[size++] = HEX[c >> shift & 15];
    }
  }

  private void room(int more) {
    if (out.length - size < more) {
      out = Arrays.copyOf(out, Math.max(Math.addExact(size, more), (int) Math.min(Integer.MAX_VALUE - 8, out.length * 2L)));
    }
  }
}
