package io.kubrig.machinery.json;

import io.kubrig.machinery.json.Document.Duplicate;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON text from bytes in one pass.
 *
 * <p>As Go's encoding/json: bytes that are not UTF-8 and lone surrogates become U+FFFD, a repeated name's last value wins, an integer that
 * does not fit 64 bits becomes a double.
 */
final class JsonReader {
  private static final NameTable NAMES = new NameTable();

  /** The member whose values are shared between objects. */
  private static final String OFTEN_THE_SAME = "fieldsV1";

  private static final String LOOKING_FOR_VALUE = "looking for beginning of value";

  private final byte[] in;
  private final Limits limits;
  private int at;
  private int depth;
  private int values;
  private Map<Tree, List<Duplicate>> duplicates;
  /** Takes the decoded form of strings that are not plain ASCII; made on first use. */
  private byte[] scratch;

  JsonReader(byte[] in, Limits limits) {
    this.in = in;
    this.limits = limits;
  }

  Document read() {
    if (in.length > limits.maxBytes()) {
      throw new JsonException("the document of " + in.length + " bytes exceeds the limit of " + limits.maxBytes(), limits.maxBytes());
    }
    Object value = value();
    skipSpace();
    if (at < in.length) {
      throw invalid("after top-level value");
    }
    return new Document(value, duplicates == null ? new IdentityHashMap<>(0) : duplicates, List.of());
  }

  private Object value() {
    skipSpace();
    if (++values > limits.maxValues()) {
      throw new JsonException("the document has more than " + limits.maxValues() + " values", at);
    }
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> {
        at++;
        yield string(false);
      }
      case 't' -> literal("true", Boolean.TRUE);
      case 'f' -> literal("false", Boolean.FALSE);
      case 'n' -> literal("null", null);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw invalid(LOOKING_FOR_VALUE);
    };
  }

  // ---- structure -----------------------------------------------------------------------------------------------------

  private Tree object() {
    descend();
    Tree tree = new Tree();
    skipSpace();
    if (peek() == '}') {
      return ascend(tree);
    }
    while (true) {
      skipSpace();
      if (peek() != '"') {
        throw invalid("looking for beginning of object key string");
      }
      at++;
      String name = string(true);
      skipSpace();
      if (peek() != ':') {
        throw invalid("after object key");
      }
      at++;
      Object value = name.equals(OFTEN_THE_SAME) ? shared() : value();
      if (!tree.add(name, value)) {
        noteDuplicate(tree, name);
        tree.set(name, value);
      }
      skipSpace();
      int next = peek();
      if (next == '}') {
        return ascend(tree);
      }
      if (next != ',') {
        throw invalid("after object key:value pair");
      }
      at++;
    }
  }

  /** A value that is looked up whole before it is read. */
  private Object shared() {
    skipSpace();
    int start = at;
    Tree known = peek() == '{' ? SharedTrees.find(in, at) : null;
    if (known != null) {
      at += known.sharedJson().length;
      return known;
    }
    int noted = duplicates == null ? 0 : duplicates.size();
    Object value = value();
    boolean plain = noted == (duplicates == null ? 0 : duplicates.size());
    return plain && value instanceof Tree tree ? SharedTrees.keep(tree, in, start, at) : value;
  }

  private List<Object> array() {
    descend();
    List<Object> list = new ArrayList<>();
    skipSpace();
    if (peek() == ']') {
      return ascend(list);
    }
    while (true) {
      list.add(value());
      skipSpace();
      int next = peek();
      if (next == ']') {
        return ascend(list);
      }
      if (next != ',') {
        throw invalid("after array element");
      }
      at++;
    }
  }

  private void descend() {
    at++;
    if (++depth > limits.maxDepth()) {
      throw new JsonException("exceeded max depth", at);
    }
  }

  private <T> T ascend(T made) {
    at++;
    depth--;
    return made;
  }

  private void noteDuplicate(Tree tree, String name) {
    if (duplicates == null) {
      duplicates = new IdentityHashMap<>();
    }
    duplicates.computeIfAbsent(tree, key -> new ArrayList<>()).add(new Duplicate(name, tree.get(name), tree.size()));
  }

  private Object literal(String word, Object value) {
    for (int i = 1; i < word.length(); i++) {
      at++;
      if (peek() != word.charAt(i)) {
        throw invalid("in literal " + word + " (expecting '" + word.charAt(i) + "')");
      }
    }
    at++;
    return value;
  }

  // ---- numbers -------------------------------------------------------------------------------------------------------

  private Object number() {
    int start = at;
    boolean negative = in[at] == '-';
    if (negative) {
      at++;
      if (!digit(peek())) {
        throw invalid("in numeric literal");
      }
    }
    long number = 0; // kept negative: Long.MIN_VALUE has no positive counterpart
    boolean fits = true;
    if (in[at] == '0') {
      at++;
    } else {
      for (; at < in.length && digit(in[at]); at++) {
        int digit = in[at] - '0';
        fits = fits && (number > Long.MIN_VALUE / 10 || number == Long.MIN_VALUE / 10 && digit <= 8);
        number = number * 10 - digit;
      }
    }
    boolean integer = !fraction() & !exponent();
    if (integer && fits && (negative || number != Long.MIN_VALUE)) {
      return negative ? number : -number;
    }
    String text = new String(in, start, at - start, StandardCharsets.ISO_8859_1);
    double real = Double.parseDouble(text);
    if (Double.isInfinite(real)) {
      throw new JsonException("json: cannot unmarshal number " + text + " into Go value of type float64", at);
    }
    return real;
  }

  private boolean fraction() {
    if (at >= in.length || in[at] != '.') {
      return false;
    }
    at++;
    if (!digit(peek())) {
      throw invalid("after decimal point in numeric literal");
    }
    skipDigits();
    return true;
  }

  private boolean exponent() {
    if (at >= in.length || (in[at] | 0x20) != 'e') {
      return false;
    }
    at++;
    int sign = peek();
    if (sign == '+' || sign == '-') {
      at++;
    }
    if (!digit(peek())) {
      throw invalid("in exponent of numeric literal");
    }
    skipDigits();
    return true;
  }

  private void skipDigits() {
    while (at < in.length && digit(in[at])) {
      at++;
    }
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  // ---- strings -------------------------------------------------------------------------------------------------------

  /** Reads on behind the opening quote. */
  private String string(boolean name) {
    int start = at;
    int i = start;
    while (i < in.length) {
      byte c = in[i];
      if (c == '"') {
        at = i + 1;
        return name ? NAMES.name(in, start, i) : new String(in, start, i - start, StandardCharsets.ISO_8859_1);
      }
      if (c == '\\' || c < ' ') {
        break; // an escape, a byte over 127, or a control character
      }
      i++;
    }
    at = i;
    return unusualString(start);
  }

  private String unusualString(int start) {
    byte[] out = scratch(at - start + 64);
    int length = at - start;
    System.arraycopy(in, start, out, 0, length);
    while (true) {
      if (length + 8 > out.length) {
        out = scratch(length * 2 + 64);
      }
      int c = peek();
      if (c == '"') {
        at++;
        return new String(out, 0, length, StandardCharsets.UTF_8);
      } else if (c == '\\') {
        at++;
        length = escape(out, length);
      } else if (c < ' ') {
        throw invalid("in string literal");
      } else if (c < 0x80) {
        out[length++] = (byte) c;
        at++;
      } else {
        int size = Utf8.sequenceLength(in, at);
        if (size == 0) {
          length = Utf8.put(Utf8.REPLACEMENT, out, length);
          at++;
        } else {
          System.arraycopy(in, at, out, length, size);
          length += size;
          at += size;
        }
      }
    }
  }

  private int escape(byte[] out, int length) {
    int c = peek();
    if (c == 'u') {
      return unicodeEscape(out, length);
    }
    out[length] =
        switch (c) {
          case '"', '\\', '/' -> (byte) c;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          default -> throw invalid("in string escape code");
        };
    at++;
    return length + 1;
  }

  private int unicodeEscape(byte[] out, int length) {
    int unit = hex4();
    if (!Character.isSurrogate((char) unit)) {
      return Utf8.put(unit, out, length);
    }
    if (Character.isHighSurrogate((char) unit) && at + 1 < in.length && in[at] == '\\' && in[at + 1] == 'u') {
      int resume = at;
      at++;
      int low = hex4();
      if (Character.isLowSurrogate((char) low)) {
        return Utf8.put(Character.toCodePoint((char) unit, (char) low), out, length);
      }
      at = resume;
    }
    return Utf8.put(Utf8.REPLACEMENT, out, length);
  }

  /** Reads on from the {@code u} of an escape. */
  private int hex4() {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      at++;
      int digit = Character.digit(peek(), 16);
      if (digit < 0 || in[at] < 0) {
        throw invalid("in \\u hexadecimal character escape");
      }
      unit = unit << 4 | digit;
    }
    at++;
    return unit;
  }

  private byte[] scratch(int size) {
    if (scratch == null) {
      scratch = new byte[Math.max(size, 256)];
    } else if (scratch.length < size) {
      scratch = Arrays.copyOf(scratch, size);
    }
    return scratch;
  }

  // ---- bytes ---------------------------------------------------------------------------------------------------------

  private void skipSpace() {
    while (at < in.length) {
      byte c = in[at];
      if (c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return;
      }
      at++;
    }
  }

  /** The byte at the position, as an unsigned number. */
  private int peek() {
    if (at >= in.length) {
      throw new JsonException("unexpected end of JSON input", at);
    }
    return in[at] & 0xff;
  }

  private JsonException invalid(String context) {
    return new JsonException("invalid character " + quoted(in[at] & 0xff) + " " + context, at);
  }

  private static String quoted(int c) {
    return switch (c) {
      case '\'' -> "'\\''";
      case '"' -> "'\"'";
      case '\\' -> "'\\\\'";
      case 7 -> "'\\a'";
      case '\b' -> "'\\b'";
      case '\f' -> "'\\f'";
      case '\n' -> "'\\n'";
      case '\r' -> "'\\r'";
      case '\t' -> "'\\t'";
      case 11 -> "'\\v'";
      default -> {
        if (c < ' ' || c == 0x7f) {
          yield "'\\x" + Character.forDigit(c >> 4, 16) + Character.forDigit(c & 15, 16) + "'";
        }
        yield c >= 0x80 && c <= 0xa0 || c == 0xad ? "'\\u00" + Integer.toHexString(c) + "'" : "'" + (char) c + "'";
      }
    };
  }
}
