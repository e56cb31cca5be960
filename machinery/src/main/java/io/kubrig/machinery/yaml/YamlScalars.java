package io.kubrig.machinery.yaml;

import io.kubrig.machinery.json.GoFloat;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/** What a scalar of YAML 1.1 stands for, with the resolution rules of the YAML library that Kubernetes uses. */
final class YamlScalars {
  private YamlScalars() {}

  static Object value(ScalarEvent scalar) {
    String text = scalar.getValue();
    String tag = scalar.getTag().orElse("");
    return switch (tag) {
      case "" -> scalar.isPlain() ? plain(text) : text;
      case "!!str", "tag:yaml.org,2002:str", "!" -> text;
      case "tag:yaml.org,2002:binary" -> binary(text);
      default -> plain(text);
    };
  }

  private static String binary(String text) {
    try {
      return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new YamlException("error converting YAML to JSON: yaml: !!binary value contains invalid base64 data");
    }
  }

  /** Whether a plain scalar of this text would be read as something else than this string. */
  static boolean ambiguous(String text) {
    return !(plain(text) instanceof String);
  }

  static Object plain(String text) {
    if (text.isEmpty()) {
      return null;
    }
    return switch (text.charAt(0)) {
      case '~', 'n', 'N', 'y', 'Y', 't', 'T', 'f', 'F', 'o', 'O' -> word(text);
      case '+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(text);
      default -> text;
    };
  }

  private static Object word(String text) {
    return switch (text) {
      case "~", "null", "Null", "NULL" -> null;
      case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" -> true;
      case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" -> false;
      default -> text;
    };
  }

  private static Object number(String text) {
    switch (text) {
      case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN" ->
          throw new YamlException("error converting YAML to JSON: json: unsupported value: " + text);
      default -> {
        String plain = text.indexOf('_') < 0 ? text : text.replace("_", "");
        Object integer = integer(plain);
        if (integer != null) {
          return integer;
        }
        return decimal(plain) ? real(plain) : text;
      }
    }
  }

  /** More digits than any 64-bit number has, be it binary. */
  private static final int MOST_DIGITS = 64;

  /** With the prefixes of Go: 0x, 0o, 0 and 0b. */
  private static Object integer(String text) {
    int start = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int radix = 10;
    int digits = start;
    if (text.length() > start + 1 && text.charAt(start) == '0') {
      char mark = (char) (text.charAt(start + 1) | 0x20);
      radix = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
      digits = start + (mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
    }
    if (digits == text.length()) {
      return null;
    }
    for (int i = digits; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80 || Character.digit(text.charAt(i), radix) < 0) {
        return null;
      }
    }
    if (text.length() - digits > MOST_DIGITS) {
      return null; // as a decimal it is a float, or a string where it is too large for one
    }
    BigInteger number = new BigInteger(text.substring(digits), radix);
    if (text.charAt(0) == '-') {
      number = number.negate();
    }
    if (number.bitLength() < 64) {
      return number.longValue();
    }
    boolean unsigned = number.signum() > 0 && number.bitLength() == 64;
    return unsigned ? (Object) number.doubleValue() : null;
  }

  private static boolean decimal(String text) {
    int i = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int whole = digits(text, i);
    i += whole;
    int part = 0;
    if (i < text.length() && text.charAt(i) == '.') {
      part = digits(text, i + 1);
      i += 1 + part;
    }
    if (whole + part == 0) {
      return false;
    }
    if (i < text.length() && (text.charAt(i) | 0x20) == 'e') {
      i++;
      if (i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
        i++;
      }
      int exponent = digits(text, i);
      if (exponent == 0) {
        return false;
      }
      i += exponent;
    }
    return i == text.length();
  }

  private static int digits(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i - from;
  }

  /** On its way through JSON a float that prints like an integer becomes one. */
  private static Object real(String text) {
    double number = Double.parseDouble(text);
    if (Double.isInfinite(number)) {
      return text;
    }
    String json = GoFloat.format(number);
    boolean integer = json.indexOf('.') < 0 && json.indexOf('e') < 0 && json.length() < 19;
    return integer ? (Object) Long.parseLong(json) : number;
  }
}
