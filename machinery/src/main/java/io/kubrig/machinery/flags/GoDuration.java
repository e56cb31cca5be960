package io.kubrig.machinery.flags;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Durations as flags, component configurations and the API write them: {@code 1h2m3s}, {@code 1.5s}, {@code 100ms}, {@code 0s}. */
public final class GoDuration {
  private static final BigDecimal MAX_NANOS = BigDecimal.valueOf(Long.MAX_VALUE);

  private GoDuration() {}

  /** @throws IllegalArgumentException when the text is no duration */
  public static Duration parse(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Duration.ZERO;
    }
    if (rest.isEmpty()) {
      throw invalid(text);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    int position = 0;
    while (position < rest.length()) {
      int unitStart = endOfNumber(rest, position);
      int unitEnd = endOfUnit(rest, unitStart);
      if (unitStart == position || rest.substring(position, unitStart).equals(".")) {
        throw invalid(text);
      }
      if (unitEnd == unitStart) {
        throw new IllegalArgumentException("time: missing unit in duration " + FlagTypes.quote(text));
      }
      nanos = nanos.add(number(rest.substring(position, unitStart), text).multiply(unit(rest.substring(unitStart, unitEnd), text)));
      position = unitEnd;
    }
    if (nanos.compareTo(MAX_NANOS) > 0) {
      throw invalid(text);
    }
    long value = nanos.setScale(0, RoundingMode.DOWN).longValueExact();
    return Duration.ofNanos(negative ? -value : value);
  }

  private static int endOfNumber(String text, int from) {
    int i = from;
    while (i < text.length() && (Character.isDigit(text.charAt(i)) || text.charAt(i) == '.')) {
      i++;
    }
    return i;
  }

  private static int endOfUnit(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) != '.' && !Character.isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static BigDecimal number(String digits, String text) {
    try {
      return new BigDecimal(digits);
    } catch (NumberFormatException e) {
      throw invalid(text);
    }
  }

  private static BigDecimal unit(String unit, String text) {
    long nanos =
        switch (unit) {
          case "ns" -> 1L;
          case "us", "µs", "μs" -> 1_000L;
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "h" -> 3_600_000_000_000L;
          default ->
              throw new IllegalArgumentException(
                  "time: unknown unit " + FlagTypes.quote(unit) + " in duration " + FlagTypes.quote(text));
        };
    return BigDecimal.valueOf(nanos);
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException("time: invalid duration " + FlagTypes.quote(text));
  }

  /** The shortest native form: {@code 0s}, {@code 1.5s}, {@code 100ms}, {@code 1h0m0s}. */
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    if (duration.isNegative()) {
      return "-" + format(duration.negated());
    }
    long nanos = duration.toNanos();
    if (nanos < 1_000) {
      return nanos + "ns";
    }
    if (nanos < 1_000_000) {
      return decimal(nanos, 3) + "µs";
    }
    if (nanos < 1_000_000_000) {
      return decimal(nanos, 6) + "ms";
    }
    String seconds = decimal(nanos % 60_000_000_000L, 9) + "s";
    long minutes = nanos / 60_000_000_000L;
    if (minutes == 0) {
      return seconds;
    }
    return minutes < 60 ? minutes + "m" + seconds : minutes / 60 + "h" + minutes % 60 + "m" + seconds;
  }

  private static String decimal(long value, int scale) {
    BigDecimal number = BigDecimal.valueOf(value, scale).stripTrailingZeros();
    return number.scale() < 0 ? number.setScale(0).toPlainString() : number.toPlainString();
  }
}
