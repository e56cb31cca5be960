package io.kubrig.machinery.quantity;

import io.kubrig.machinery.quantity.Quantity.Format;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * Takes the text of a quantity apart: sign, whole digits, digits behind the point, suffix.
 *
 * <p>Native has a fast path for short numbers that keeps a text as given when it looks canonical; which texts those are is visible to
 * clients and repeated here.
 */
final class QuantityParser {
  /** Arithmetic on numbers costs the square of their digits. */
  private static final int LONGEST = 4096;

  /** The number of decimal digits that surely fit a long. */
  private static final int SAFE_DIGITS = 18;
  private static final int NANO = 9;
  /** Beyond this power of ten amounts are all alike; keeps arithmetic on hostile exponents affordable. */
  private static final int LARGEST_EXPONENT = 400;
  private static final BigDecimal LARGEST_BINARY = BigDecimal.valueOf(Long.MAX_VALUE);

  private final String text;
  private boolean negative;
  private String whole;
  private String part = "";
  private String suffix = "";

  private QuantityParser(String text) {
    this.text = text;
  }

  static Quantity parse(String text) {
    if (text.isEmpty()) {
      throw new QuantityException(QuantityException.FORMAT);
    }
    if (text.length() > LONGEST) {
      throw new QuantityException(QuantityException.FORMAT);
    }
    if (text.equals("0")) {
      return Quantity.ZERO;
    }
    QuantityParser parser = new QuantityParser(text);
    parser.split();
    return parser.interpret();
  }

  private void split() {
    int end = text.length();
    int at = 0;
    char first = text.charAt(0);
    if (first == '-' || first == '+') {
      negative = first == '-';
      at++;
    }
    while (at < end && text.charAt(at) == '0') {
      at++;
    }
    int digits = at;
    at = skipDigits(at);
    whole = at == digits ? "0" : text.substring(digits, at);
    if (at < end && text.charAt(at) == '.') {
      int start = at + 1;
      at = skipDigits(start);
      part = text.substring(start, at);
    }
    int start = at;
    while (at < end && "eEinumkKMGTP".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at < end && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      at++;
    }
    at = skipDigits(at);
    if (at < end) {
      throw new QuantityException(QuantityException.FORMAT);
    }
    suffix = text.substring(start);
  }

  private int skipDigits(int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  private Quantity interpret() {
    int binary = binaryExponent();
    if (binary > 0) {
      return binary(binary);
    }
    Format format = Format.DECIMAL_SI;
    int exponent;
    switch (suffix) {
      case "" -> exponent = 0;
      case "n" -> exponent = -9;
      case "u" -> exponent = -6;
      case "m" -> exponent = -3;
      case "k" -> exponent = 3;
      case "M" -> exponent = 6;
      case "G" -> exponent = 9;
      case "T" -> exponent = 12;
      case "P" -> exponent = 15;
      case "E" -> exponent = 18;
      default -> {
        exponent = decimalExponent();
        format = Format.DECIMAL_EXPONENT;
      }
    }
    return decimal(exponent, format);
  }

  private int binaryExponent() {
    return switch (suffix) {
      case "Ki" -> 10;
      case "Mi" -> 20;
      case "Gi" -> 30;
      case "Ti" -> 40;
      case "Pi" -> 50;
      case "Ei" -> 60;
      default -> 0;
    };
  }

  private int decimalExponent() {
    char first = suffix.charAt(0);
    if (suffix.length() < 2 || first != 'e' && first != 'E') {
      throw new QuantityException(QuantityException.SUFFIX);
    }
    try {
      return (int) Long.parseLong(suffix, 1, suffix.length(), 10);
    } catch (NumberFormatException e) {
      throw new QuantityException(QuantityException.SUFFIX);
    }
  }

  private Quantity decimal(int exponent, Format format) {
    long power = (long) exponent - part.length();
    if (whole.length() + part.length() <= SAFE_DIGITS && power >= -NANO) {
      String digits = whole + part;
      boolean asGiven = power % 3 == 0 && !digits.endsWith("000") && digits.charAt(0) != '0';
      long number = Long.parseLong(digits);
      BigDecimal amount = BigDecimal.valueOf(negative ? -number : number, -(int) Math.min(power, LARGEST_EXPONENT));
      return new Quantity(amount, format, asGiven ? text : null);
    }
    int bounded = Math.clamp(exponent, -LARGEST_EXPONENT - text.length(), LARGEST_EXPONENT);
    return new Quantity(slow(number().scaleByPowerOfTen(bounded)), format, null);
  }

  private Quantity binary(int exponent) {
    int precision = 15 - whole.length() - exponent * 3 / 10 - 1;
    if (part.isEmpty() && precision >= 0) {
      long number = Long.parseLong(whole);
      long product = number << exponent;
      boolean asGiven = (number & 7) != 0;
      return new Quantity(BigDecimal.valueOf(negative ? -product : product), Format.BINARY_SI, asGiven ? text : null);
    }
    BigDecimal amount = slow(number().multiply(new BigDecimal(BigInteger.ONE.shiftLeft(exponent))));
    if (amount.abs().compareTo(LARGEST_BINARY) > 0) {
      amount = amount.signum() < 0 ? LARGEST_BINARY.negate() : LARGEST_BINARY;
    }
    boolean small = amount.signum() != 0 && amount.abs().compareTo(BigDecimal.ONE) < 0;
    return new Quantity(amount, small ? Format.DECIMAL_SI : Format.BINARY_SI, null);
  }

  private BigDecimal number() {
    BigDecimal number = new BigDecimal(new BigInteger(whole + part), part.length());
    return negative ? number.negate() : number;
  }

  /** Rounds to the smallest unit, away from zero: who asks for some gets some. */
  private static BigDecimal slow(BigDecimal amount) {
    return amount.scale() > NANO ? amount.setScale(NANO, RoundingMode.UP) : amount;
  }
}
