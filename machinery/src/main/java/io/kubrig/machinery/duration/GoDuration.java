package io.kubrig.machinery.duration;

import java.time.Duration;

/** Reads and prints durations as Go does. Unit: nanoseconds in a signed 64-bit number, about 292 years. */
public final class GoDuration {
  private static final long[] UNITS = {1L, 1_000L, 1_000_000L, 1_000_000_000L, 60_000_000_000L, 3_600_000_000_000L};

  private GoDuration() {}

  /**
   * Parses {@code 300ms}, {@code -1.5h}, {@code 2h45m}, {@code 0}.
   *
   * @throws IllegalArgumentException with Go's message
   */
  public static Duration parse(String text) {
    int at = 0;
    int end = text.length();
    boolean negative = false;
    if (end > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+')) {
      negative = text.charAt(0) == '-';
      at++;
    }
    if (text.substring(at).equals("0")) {
      return Duration.ZERO;
    }
    if (at == end) {
      throw invalid(text);
    }
    long total = 0;
    while (at < end) {
      int start = at;
      at = skipDigits(text, at);
      int point = at;
      int partEnd = at;
      if (at < end && text.charAt(at) == '.') {
        partEnd = skipDigits(text, at + 1);
        at = partEnd;
      }
      if (point == start && partEnd - point <= 1) {
        throw invalid(text);
      }
      int unitStart = at;
      while (at < end && text.charAt(at) != '.' && !digit(text.charAt(at))) {
        at++;
      }
      if (at == unitStart) {
        throw new IllegalArgumentException("time: missing unit in duration " + quoted(text));
      }
      long unit = unit(text.substring(unitStart, at), text);
      try {
        long whole = point == start ? 0 : Long.parseLong(text, start, point, 10);
        total = Math.subtractExact(total, Math.multiplyExact(whole, unit));
        total = Math.subtractExact(total, fraction(text, point + 1, partEnd, unit));
        if (!negative && total == Long.MIN_VALUE) {
          throw invalid(text);
        }
      } catch (ArithmeticException | NumberFormatException e) {
        throw invalid(text);
      }
    }
    return Duration.ofNanos(negative ? total : -total);
  }

  private static long fraction(String text, int from, int to, long unit) {
    double scale = 1;
    long digits = 0;
    for (int i = from; i < to && digits <= (Long.MAX_VALUE - 9) / 10; i++) {
      digits = digits * 10 + (text.charAt(i) - '0');
      scale *= 10;
    }
    return digits == 0 ? 0 : (long) (digits * (unit / scale));
  }

  private static long unit(String name, String text) {
    return switch (name) {
      case "ns" -> UNITS[0];
      case "us", "\u00b5s", "\u03bcs" -> UNITS[1];
      case "ms" -> UNITS[2];
      case "s" -> UNITS[3];
      case "m" -> UNITS[4];
      case "h" -> UNITS[5];
      default -> throw new IllegalArgumentException("time: unknown unit " + quoted(name) + " in duration " + quoted(text));
    };
  }

  private static int skipDigits(String text, int from) {
    int at = from;
    while (at < text.length() && digit(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException("time: invalid duration " + quoted(text));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Prints {@code 1h30m0s}, {@code 1.5s}, {@code 250ms}, {@code 0s}. */
  public static String format(Duration duration) {
    long nanos = duration.toNanos();
    if (nanos == 0) {
      return "0s";
    }
    StringBuilder out = new StringBuilder(24);
    if (nanos < 0) {
      out.append('-');
    }
    if (nanos > -UNITS[3] && nanos < UNITS[3]) {
      long size = Math.abs(nanos);
      int unit = size < UNITS[1] ? 0 : size < UNITS[2] ? 1 : 2;
      decimal(out, size, UNITS[unit]);
      return out.append(unit == 0 ? "ns" : unit == 1 ? "\u00b5s" : "ms").toString();
    }
    long hours = Math.abs(nanos / UNITS[5]);
    long minutes = Math.abs(nanos / UNITS[4] % 60);
    if (hours > 0) {
      out.append(hours).append('h');
    }
    if (hours > 0 || minutes > 0) {
      out.append(minutes).append('m');
    }
    decimal(out, Math.abs(nanos % UNITS[4]), UNITS[3]);
    return out.append('s').toString();
  }

  private static void decimal(StringBuilder out, long size, long unit) {
    out.append(size / unit);
    long rest = size % unit;
    if (rest == 0) {
      return;
    }
    String digits = Long.toString(unit + rest).substring(1);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    out.append('.').append(digits, 0, end);
  }
}
