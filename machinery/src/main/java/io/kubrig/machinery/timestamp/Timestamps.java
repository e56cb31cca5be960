package io.kubrig.machinery.timestamp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** Reads and prints the API's Time and MicroTime. */
public final class Timestamps {
  private static final String TIME_LAYOUT = "2006-01-02T15:04:05Z07:00";
  private static final String MICRO_LAYOUT = "2006-01-02T15:04:05.000000Z07:00";
  private static final int MICRO_DIGITS = 6;

  private Timestamps() {}

  /**
   * Parses RFC 3339 with any number of fraction digits.
   *
   * @throws IllegalArgumentException with Go's message
   */
  public static Instant parse(String text) {
    return new Reader(text, TIME_LAYOUT).read(-1);
  }

  /** Parses RFC 3339 with exactly six fraction digits; errors as {@link #parse}. */
  public static Instant parseMicro(String text) {
    return new Reader(text, MICRO_LAYOUT).read(MICRO_DIGITS);
  }

  /** {@code 2024-01-02T15:04:05Z}; a fraction is cut off. */
  public static String format(Instant instant) {
    StringBuilder out = new StringBuilder(20);
    seconds(instant, out);
    return out.append('Z').toString();
  }

  /** {@code 2024-01-02T15:04:05.123456Z}; a finer fraction is cut off. */
  public static String formatMicro(Instant instant) {
    StringBuilder out = new StringBuilder(27);
    seconds(instant, out);
    digits(instant.getNano() / 1_000, MICRO_DIGITS, out.append('.'));
    return out.append('Z').toString();
  }

  private static void seconds(Instant instant, StringBuilder out) {
    long second = instant.getEpochSecond();
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, 86_400L));
    int ofDay = (int) Math.floorMod(second, 86_400L);
    if (date.getYear() >= 0 && date.getYear() <= 9999) {
      digits(date.getYear(), 4, out);
    } else {
      out.append(date.getYear()); // a time zone has moved it out of the calendar of RFC 3339
    }
    digits(date.getMonthValue(), 2, out.append('-'));
    digits(date.getDayOfMonth(), 2, out.append('-'));
    digits(ofDay / 3_600, 2, out.append('T'));
    digits(ofDay / 60 % 60, 2, out.append(':'));
    digits(ofDay % 60, 2, out.append(':'));
  }

  private static void digits(int number, int width, StringBuilder out) {
    int divisor = 1;
    for (int i = 1; i < width; i++) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      out.append((char) ('0' + number / divisor % 10));
    }
  }

  private static final class Reader {
    private final String text;
    private final String layout;
    private int at;

    Reader(String text, String layout) {
      this.text = text;
      this.layout = layout;
    }

    Instant read(int fractionDigits) {
      int year = number(4, "2006");
      literal('-', "-");
      int month = number(2, "01");
      range(month, 1, 12, "month");
      literal('-', "-");
      int day = number(2, "02");
      literal('T', "T");
      int hour = number(2, "15");
      range(hour, 0, 23, "hour");
      literal(':', ":");
      int minute = number(2, "04");
      range(minute, 0, 59, "minute");
      literal(':', ":");
      int second = number(2, "05");
      range(second, 0, 59, "second");
      int nanos = fraction(fractionDigits);
      int offset = offset();
      if (at < text.length()) {
        throw new IllegalArgumentException("parsing time " + quoted(text) + ": extra text: " + quoted(text.substring(at)));
      }
      try {
        return LocalDate.of(year, month, day).atTime(LocalTime.of(hour, minute, second, nanos))
            .toInstant(ZoneOffset.ofTotalSeconds(offset));
      } catch (DateTimeException e) {
        throw outOfRange("day");
      }
    }

    private int fraction(int exactly) {
      boolean present = at < text.length() && text.charAt(at) == '.';
      int end = present ? at + 1 : at;
      int nanos = 0;
      int scale = 100_000_000;
      while (present && end < text.length() && digit(end)) {
        nanos += (text.charAt(end) - '0') * scale;
        scale /= 10;
        end++;
      }
      int count = end - at - 1;
      if (exactly >= 0 && count != exactly) {
        throw unparsable(".000000");
      }
      if (count > 0) {
        at = end;
      }
      return nanos;
    }

    private int offset() {
      if (at < text.length() && text.charAt(at) == 'Z') {
        at++;
        return 0;
      }
      if (at + 6 > text.length() || text.charAt(at) != '+' && text.charAt(at) != '-' || text.charAt(at + 3) != ':') {
        throw unparsable("Z07:00");
      }
      int sign = text.charAt(at) == '-' ? -1 : 1;
      at++;
      int hours = number(2, "Z07:00");
      at++;
      int minutes = number(2, "Z07:00");
      range(hours, 0, 18, "time zone offset hour");
      range(minutes, 0, 59, "time zone offset minute");
      return sign * (hours * 3_600 + minutes * 60);
    }

    private int number(int width, String element) {
      int number = 0;
      for (int i = at; i < at + width; i++) {
        if (i >= text.length() || !digit(i)) {
          throw unparsable(element);
        }
        number = number * 10 + text.charAt(i) - '0';
      }
      at += width;
      return number;
    }

    private void literal(char c, String element) {
      if (at >= text.length() || text.charAt(at) != c) {
        throw unparsable(element);
      }
      at++;
    }

    private boolean digit(int position) {
      return text.charAt(position) >= '0' && text.charAt(position) <= '9';
    }

    private void range(int number, int least, int most, String name) {
      if (number < least || number > most) {
        throw outOfRange(name);
      }
    }

    private IllegalArgumentException outOfRange(String name) {
      return new IllegalArgumentException("parsing time " + quoted(text) + ": " + name + " out of range");
    }

    private IllegalArgumentException unparsable(String element) {
      return new IllegalArgumentException(
          "parsing time " + quoted(text) + " as " + quoted(layout) + ": cannot parse "
              + quoted(text.substring(Math.min(at, text.length()))) + " as "
              + quoted(element));
    }

    private static String quoted(String text) {
      return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
  }
}
