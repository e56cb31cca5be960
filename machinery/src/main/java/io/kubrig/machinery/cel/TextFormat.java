package io.kubrig.machinery.cel;

import dev.cel.common.values.NullValue;
import io.kubrig.machinery.cel.CelFunctions.Failure;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** {@code '%s-%d'.format([a, b])}. (Source: cel-spec, strings extension.) */
final class TextFormat {
  private TextFormat() {}

  static String format(String format, List<?> arguments) {
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      i++;
      if (i >= format.length()) {
        throw new Failure("unexpected end of format string");
      }
      if (format.charAt(i) == '%') {
        out.append('%');
        continue;
      }
      int precision = 6;
      if (format.charAt(i) == '.') {
        int start = ++i;
        while (i < format.length() && Character.isDigit(format.charAt(i))) {
          i++;
        }
        precision = Integer.parseInt(format.substring(start, i));
      }
      if (next >= arguments.size()) {
        throw new Failure("index " + next + " out of range");
      }
      out.append(one(format.charAt(i), precision, arguments.get(next++)));
    }
    return out.toString();
  }

  private static String one(char verb, int precision, Object value) {
    return switch (verb) {
      case 's' -> text(value);
      case 'd' -> {
        if (value instanceof Long || value instanceof Double) {
          yield text(value);
        }
        throw new Failure("error during formatting: decimal clause can only be used on integers, was given " + text(value));
      }
      case 'f' -> BigDecimal.valueOf(number(value)).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
      case 'e' -> String.format(Locale.ROOT, "%." + precision + "e", number(value));
      case 'b' -> value instanceof Boolean flag ? (flag ? "1" : "0") : Long.toBinaryString(((Number) value).longValue());
      case 'x' -> value instanceof String text ? hex(text) : Long.toHexString(((Number) value).longValue());
      case 'X' -> (value instanceof String text ? hex(text) : Long.toHexString(((Number) value).longValue()))
          .toUpperCase(Locale.ROOT);
      case 'o' -> Long.toOctalString(((Number) value).longValue());
      default -> throw new Failure("could not parse formatting clause: unrecognized formatting clause \"" + verb + "\"");
    };
  }

  private static double number(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new Failure("error during formatting: fixed-point clause can only be used on doubles, was given " + text(value));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Object value) {
    return switch (value) {
      case NullValue ignored -> "null";
      case Double number when number == Math.rint(number)
          && !Double.isInfinite(number) -> BigDecimal.valueOf(number).toBigInteger().toString();
      case Duration duration -> BigDecimal.valueOf(duration.toNanos(), 9).stripTrailingZeros().toPlainString() + "s";
      case List<?> list -> {
        StringJoiner joiner = new StringJoiner(", ", "[", "]");
        list.forEach(element -> joiner.add(text(element)));
        yield joiner.toString();
      }
      case Map<?, ?> map -> {
        StringJoiner joiner = new StringJoiner(", ", "{", "}");
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, member) -> sorted.put(text(key), member));
        sorted.forEach((key, member) -> joiner.add(key + ": " + text(member)));
        yield joiner.toString();
      }
      default -> String.valueOf(value);
    };
  }
}
