package io.kubrig.operators.hash;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The innards of a resource.Quantity after parsing: a scaled int64 where the text allows it, else an arbitrary decimal; the text itself
 * when it is canonical; and the format.
 */
record GoQuantity(long value, int scale, BigDecimal decimal, String text, String format) {
  private static final Pattern SHAPE = Pattern.compile("([+-]?)([0-9]*)(?:\\.([0-9]*))?([A-Za-z]*[-+]?[0-9]*)");
  private static final Map<String, Integer> DECIMAL =
      Map.ofEntries(Map.entry("n", -9), Map.entry("u", -6), Map.entry("m", -3), Map.entry("", 0), Map.entry("k", 3), Map.entry("M", 6),
          Map.entry("G", 9), Map.entry("T", 12), Map.entry("P", 15), Map.entry("E", 18));
  private static final Map<String, Integer> BINARY = Map.of("Ki", 10, "Mi", 20, "Gi", 30, "Ti", 40, "Pi", 50, "Ei", 60);
  private static final int MAX_DIGITS = 18;
  private static final int NANO = -9;
  private static final BigDecimal MAX = new BigDecimal(Long.MAX_VALUE);

  /** The parts of a text. */
  private record Parts(boolean positive, String whole, String fraction, String format, int exponent) {}

  static GoQuantity parse(String text) {
    if (text == null || text.isEmpty()) {
      return new GoQuantity(0, 0, null, "", "");
    }
    if (text.equals("0")) {
      return new GoQuantity(0, 0, null, text, "DecimalSI");
    }
    Parts parts = split(text);
    GoQuantity fast = fast(text, parts);
    return fast != null ? fast : slow(parts);
  }

  private static Parts split(String text) {
    Matcher shape = SHAPE.matcher(text);
    if (!shape.matches()) {
      throw new IllegalArgumentException("not a quantity: " + text);
    }
    String whole = shape.group(2).replaceFirst("^0+", "");
    String fraction = shape.group(3) == null ? "" : shape.group(3);
    String suffix = shape.group(4);
    boolean positive = !shape.group(1).equals("-");
    whole = whole.isEmpty() ? "0" : whole;
    if (DECIMAL.containsKey(suffix)) {
      return new Parts(positive, whole, fraction, "DecimalSI", DECIMAL.get(suffix));
    }
    if (BINARY.containsKey(suffix)) {
      return new Parts(positive, whole, fraction, "BinarySI", BINARY.get(suffix));
    }
    return new Parts(positive, whole, fraction, "DecimalExponent", Integer.parseInt(suffix.substring(1).replaceFirst("^\\+", "")));
  }

  /** The int64 form, or null where the digits do not surely fit. */
  private static GoQuantity fast(String text, Parts parts) {
    boolean binary = parts.format.equals("BinarySI");
    int precision = MAX_DIGITS - parts.whole.length() - parts.fraction.length();
    long mantissa = 1;
    int scale = binary ? 0 : parts.exponent;
    if (binary) {
      if (!parts.fraction.isEmpty()) {
        return null;
      }
      mantissa = 1L << parts.exponent;
      precision = 15 - parts.whole.length() - (int) ((float) parts.exponent * 3 / 10) - 1;
    }
    scale -= parts.fraction.length();
    if (precision < 0 || scale < NANO) {
      return null;
    }
    String digits = parts.whole + parts.fraction;
    long number = Long.parseLong(digits);
    BigInteger product = BigInteger.valueOf(number).multiply(BigInteger.valueOf(mantissa));
    if (product.bitLength() > 63) {
      return null;
    }
    long value = parts.positive ? product.longValue() : -product.longValue();
    boolean canonical = binary
        ? parts.exponent % 10 == 0 && (number & 7) != 0
        : scale % 3 == 0 && !digits.endsWith("000") && digits.charAt(0) != '0';
    return new GoQuantity(value, scale, null, canonical ? text : "", parts.format);
  }

  private static GoQuantity slow(Parts parts) {
    boolean binary = parts.format.equals("BinarySI");
    BigDecimal amount = new BigDecimal(parts.whole + "." + (parts.fraction.isEmpty() ? "0" : parts.fraction));
    amount = binary ? amount.multiply(new BigDecimal(BigInteger.TWO.pow(parts.exponent))) : amount.scaleByPowerOfTen(parts.exponent);
    amount = amount.setScale(-NANO, RoundingMode.UP);
    if (binary && amount.compareTo(MAX) > 0) {
      amount = MAX;
    }
    boolean small = binary && amount.compareTo(BigDecimal.ONE) < 0 && amount.signum() > 0;
    return new GoQuantity(0, 0, parts.positive ? amount : amount.negate(), "", small ? "DecimalSI" : parts.format);
  }

  /** The struct as {@link GoPrinter} prints it. */
  String printed() {
    return "{i:(resource.int64Amount){value:(int64)" + value + " scale:(resource.Scale)" + scale
        + "} d:(resource.infDecAmount){Dec:(*inf.Dec)"
        + (decimal == null ? "<nil>" : printedDecimal()) + "} s:(string)" + text + " Format:(resource.Format)" + format + "}";
  }

  private String printedDecimal() {
    BigInteger unscaled = decimal.unscaledValue();
    List<String> words = new ArrayList<>();
    BigInteger word = BigInteger.ONE.shiftLeft(64);
    for (BigInteger rest = unscaled.abs(); rest.signum() > 0; rest = rest.shiftRight(64)) {
      words.add(rest.mod(word).toString());
    }
    return "{unscaled:(big.Int){neg:(bool)" + (unscaled.signum() < 0) + " abs:(big.nat)"
        + (words.isEmpty() ? "<nil>" : words.toString().replace(",", ""))
        + "} scale:(inf.Scale)" + decimal.scale() + "}";
  }
}
