package io.kubrig.operators.cronjob;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * When a cron job runs: five fields (minute, hour, day of month, month, day of week), or {@code @daily} and its like, or {@code @every
 * 90m}; before it a time zone, {@code TZ=Asia/Tokyo}. A day matches by both of its fields when one of them is {@code *}, else by either.
 */
sealed interface Schedule {
  /** The first time after another; empty when there is none within five years. */
  Optional<Instant> next(Instant after);

  /** Reads an expression. @throws IllegalArgumentException it makes no sense; the message says why */
  static Schedule parse(String text, ZoneId zone) {
    String spec = text.trim();
    ZoneId in = zone;
    if (spec.startsWith("TZ=") || spec.startsWith("CRON_TZ=")) {
      int space = spec.indexOf(' ');
      if (space < 0) {
        throw new IllegalArgumentException("expected exactly 5 fields, found 0: []");
      }
      in = ZoneId.of(spec.substring(spec.indexOf('=') + 1, space));
      spec = spec.substring(space).trim();
    }
    return spec.startsWith("@") ? Cron.described(spec, in) : Cron.fields(spec, in);
  }

  /** Every so often, counted from the last time. */
  record Every(Duration period) implements Schedule {
    @Override
    public Optional<Instant> next(Instant after) {
      return Optional.of(after.plus(period).truncatedTo(ChronoUnit.SECONDS));
    }
  }

  /**
   * The five fields as sets of numbers, one bit each.
   *
   * @param anyDay whether the day of month is {@code *}; @param anyWeekday whether the day of week is
   */
  record Cron(long minutes, long hours, long days, long months, long weekdays, boolean anyDay, boolean anyWeekday, ZoneId zone)
      implements Schedule {
    private static final Map<String, String> NAMED = Map.of("@yearly", "0 0 1 1 *", "@annually", "0 0 1 1 *", "@monthly", "0 0 1 * *",
        "@weekly", "0 0 * * 0", "@daily", "0 0 * * *", "@midnight", "0 0 * * *", "@hourly", "0 * * * *");
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> WEEKDAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final int YEARS = 5;

    static Schedule described(String text, ZoneId zone) {
      if (text.startsWith("@every ")) {
        Duration period = io.kubrig.machinery.flags.FlagTypes.DURATION.parse(text.substring("@every ".length()).trim());
        return new Every(period.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : period.truncatedTo(ChronoUnit.SECONDS));
      }
      String fields = NAMED.get(text);
      if (fields == null) {
        throw new IllegalArgumentException("unrecognized descriptor: " + text);
      }
      return fields(fields, zone);
    }

    static Schedule fields(String text, ZoneId zone) {
      String[] fields = text.isEmpty() ? new String[0] : text.split("\\s+");
      if (fields.length != 5) {
        throw new IllegalArgumentException("expected exactly 5 fields, found " + fields.length + ": [" + String.join(" ", fields) + "]");
      }
      return new Cron(bits(fields[0], 0, 59, List.of(), 0), bits(fields[1], 0, 23, List.of(), 0), bits(fields[2], 1, 31, List.of(), 0),
          bits(fields[3], 1, 12, MONTHS, 1), bits(fields[4], 0, 6, WEEKDAYS, 0), isAny(fields[2]), isAny(fields[4]), zone);
    }

    private static boolean isAny(String field) {
      return Arrays.stream(field.split(",")).anyMatch(part -> part.equals("*") || part.equals("?") || part.equals("*/1"));
    }

    private static long bits(String field, int min, int max, List<String> names, int firstName) {
      long bits = 0;
      for (String part : field.split(",")) {
        bits |= range(part, min, max, names, firstName);
      }
      return bits;
    }

    private static long range(String part, int min, int max, List<String> names, int firstName) {
      String[] stepped = part.split("/", -1);
      String[] ends = stepped[0].split("-", -1);
      if (stepped.length > 2) {
        throw new IllegalArgumentException("too many slashes: " + part);
      }
      if (ends.length > 2) {
        throw new IllegalArgumentException("too many hyphens: " + part);
      }
      boolean any = stepped[0].equals("*") || stepped[0].equals("?");
      int from = any ? min : number(ends[0], names, firstName);
      int to = any ? max : ends.length == 2 ? number(ends[1], names, firstName) : stepped.length == 2 ? max : from;
      int step = stepped.length == 2 ? number(stepped[1], List.of(), 0) : 1;
      if (from < min) {
        throw new IllegalArgumentException("beginning of range (" + from + ") below minimum (" + min + "): " + part);
      }
      if (to > max) {
        throw new IllegalArgumentException("end of range (" + to + ") above maximum (" + max + "): " + part);
      }
      if (from > to) {
        throw new IllegalArgumentException("beginning of range (" + from + ") beyond end of range (" + to + "): " + part);
      }
      if (step == 0) {
        throw new IllegalArgumentException("step of range should be a positive number: " + part);
      }
      long bits = 0;
      for (int i = from; i <= to; i += step) {
        bits |= 1L << i;
      }
      return bits;
    }

    private static int number(String text, List<String> names, int firstName) {
      int name = names.indexOf(text.toLowerCase(Locale.ROOT));
      if (name >= 0) {
        return name + firstName;
      }
      if (!text.matches("[0-9]{1,9}")) {
        throw new IllegalArgumentException("failed to parse int from " + text + ": strconv.Atoi: parsing \"" + text + "\": invalid syntax");
      }
      return Integer.parseInt(text);
    }

    @Override
    public Optional<Instant> next(Instant after) {
      ZonedDateTime time = after.atZone(zone).plusMinutes(1).truncatedTo(ChronoUnit.MINUTES);
      int lastYear = time.getYear() + YEARS;
      while (time.getYear() <= lastYear) {
        if ((months >> time.getMonthValue() & 1) == 0) {
          time = time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
        } else if (!matchesDay(time)) {
          time = time.truncatedTo(ChronoUnit.DAYS).plusDays(1);
        } else if ((hours >> time.getHour() & 1) == 0) {
          time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
        } else if ((minutes >> time.getMinute() & 1) == 0) {
          time = time.plusMinutes(1);
        } else {
          return Optional.of(time.toInstant());
        }
      }
      return Optional.empty();
    }

    private boolean matchesDay(ZonedDateTime time) {
      boolean day = (days >> time.getDayOfMonth() & 1) != 0;
      boolean weekday = (weekdays >> time.getDayOfWeek().getValue() % 7 & 1) != 0;
      return anyDay || anyWeekday ? day && weekday : day || weekday;
    }
  }
}
