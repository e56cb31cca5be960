package io.kubrig.machinery.quantity;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Objects;

/**
 * An exact amount with the notation that its author chose. Immutable.
 *
 * <p><b>Shape.</b> A decimal number and one of n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or a decimal exponent. Nothing is smaller than 1n: a
 * finer amount is rounded away from zero when it is parsed. Two quantities are equal when their amounts are, whatever their notation.
 *
 * <p><b>Text.</b> {@link #toString} is the canonical form, or the text as it was given when native keeps that (as it does with "1.234").
 *
 * <p><b>Source.</b> API reference "Quantity".
 */
public final class Quantity implements Comparable<Quantity> {

  /** How an amount is written. */
  public enum Format {
    DECIMAL_SI,
    BINARY_SI,
    DECIMAL_EXPONENT
  }

  public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Format.DECIMAL_SI, "0");

  private static final BigInteger KIBI = BigInteger.valueOf(1024);
  private static final int LARGEST_UNIT = 18;

  private final BigDecimal amount;
  private final Format format;
  private String text;

  Quantity(BigDecimal amount, Format format, String text) {
    this.amount = Objects.requireNonNull(amount);
    this.format = Objects.requireNonNull(format);
    this.text = text;
  }

  /**
   * Parses a quantity.
   *
   * @throws QuantityException with the native message
   */
  public static Quantity parse(String text) {
    return QuantityParser.parse(text);
  }

  public static Quantity of(long amount) {
    return new Quantity(BigDecimal.valueOf(amount), Format.DECIMAL_SI, null);
  }

  public static Quantity of(BigDecimal amount, Format format) {
    return new Quantity(amount, format, null);
  }

  /** So many thousandths: {@code ofMilli(1500)} is 1500m. */
  public static Quantity ofMilli(long thousandths) {
    return new Quantity(BigDecimal.valueOf(thousandths, 3), Format.DECIMAL_SI, null);
  }

  public BigDecimal amount() {
    return amount;
  }

  public Format format() {
    return format;
  }

  /** The amount rounded up (away from zero) to a whole number; capped to what a long holds. */
  public long value() {
    return scaled(0);
  }

  /** The amount in thousandths, rounded up (away from zero); capped to what a long holds. */
  public long milliValue() {
    return scaled(3);
  }

  private long scaled(int places) {
    BigDecimal scaled = amount.movePointRight(places);
    if (scaled.precision() - scaled.scale() > LARGEST_UNIT + 1) {
      return scaled.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    BigInteger whole = scaled.setScale(0, RoundingMode.UP).toBigInteger();
    return whole.bitLength() < 64 ? whole.longValue() : whole.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  public double doubleValue() {
    return amount.doubleValue();
  }

  public boolean isZero() {
    return amount.signum() == 0;
  }

  /** -1, 0 or 1. */
  public int sign() {
    return amount.signum();
  }

  // ---- arithmetic: a zero takes the notation of the other operand ------------------------------------------------------

  public Quantity plus(Quantity other) {
    return new Quantity(amount.add(other.amount), isZero() ? other.format : format, null);
  }

  public Quantity minus(Quantity other) {
    return new Quantity(amount.subtract(other.amount), isZero() ? other.format : format, null);
  }

  public Quantity times(long factor) {
    return new Quantity(amount.multiply(BigDecimal.valueOf(factor)), format, null);
  }

  public Quantity negated() {
    return new Quantity(amount.negate(), format, null);
  }

  /** Rounded away from zero to a multiple of 10^exponent (0: whole numbers, -3: thousandths). */
  public Quantity roundedUp(int exponent) {
    return amount.scale() <= -exponent ? this : new Quantity(amount.setScale(-exponent, RoundingMode.UP), format, null);
  }

  public Quantity max(Quantity other) {
    return compareTo(other) >= 0 ? this : other;
  }

  public Quantity min(Quantity other) {
    return compareTo(other) <= 0 ? this : other;
  }

  // ---- text ----------------------------------------------------------------------------------------------------------

  @Override
  public String toString() {
    if (text == null) {
      text = canonical();
    }
    return text;
  }

  private String canonical() {
    if (isZero()) {
      return "0";
    }
    if (format == Format.BINARY_SI && amount.abs().compareTo(BigDecimal.valueOf(1024)) >= 0) {
      BigDecimal stripped = amount.stripTrailingZeros();
      if (stripped.scale() <= 0) {
        return binary(stripped.toBigInteger());
      }
    }
    return decimal(format == Format.DECIMAL_EXPONENT ? Format.DECIMAL_EXPONENT : Format.DECIMAL_SI);
  }

  private static String binary(BigInteger whole) {
    BigInteger mantissa = whole;
    int power = 0;
    while (true) {
      BigInteger[] parts = mantissa.divideAndRemainder(KIBI);
      if (parts[1].signum() != 0) {
        return mantissa + (power == 0 ? "" : power <= 6 ? "KMGTPE".charAt(power - 1) + "i" : "");
      }
      mantissa = parts[0];
      power++;
    }
  }

  private String decimal(Format notation) {
    BigDecimal stripped = amount.stripTrailingZeros();
    BigInteger mantissa = stripped.unscaledValue();
    int exponent = -stripped.scale();
    for (; exponent % 3 != 0; exponent--) {
      mantissa = mantissa.multiply(BigInteger.TEN);
    }
    if (notation == Format.DECIMAL_EXPONENT) {
      return exponent == 0 ? mantissa.toString() : mantissa + "e" + exponent;
    }
    // an amount beyond exa has no suffix: native prints the mantissa alone
    return mantissa
        + switch (exponent) {
          case -9 -> "n";
          case -6 -> "u";
          case -3 -> "m";
          case 3 -> "k";
          case 6 -> "M";
          case 9 -> "G";
          case 12 -> "T";
          case 15 -> "P";
          case 18 -> "E";
          default -> "";
        };
  }

  @Override
  public int compareTo(Quantity other) {
    return amount.compareTo(other.amount);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Quantity that && amount.compareTo(that.amount) == 0;
  }

  @Override
  public int hashCode() {
    return amount.stripTrailingZeros().hashCode();
  }
}
