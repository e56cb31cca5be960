package io.kubrig.apiserver.kinds.batch;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The syntax of schedules in Cron format, with the words of the parser that native uses. */
final class CronSchedule {
  private static final Set<String> DESCRIPTORS = Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
  private static final List<String> MONTHS =
      List.of("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

  /** One of the five fields: least and greatest value, and names for them by position. */
  private record Field(int least, int greatest, List<String> names) {}

  private static final List<Field> FIELDS =
      List.of(
          new Field(0, 59, List.of()),
          new Field(0, 23, List.of()),
          new Field(1, 31, List.of()),
          new Field(1, 12, MONTHS),
          new Field(0, 6, DAYS));

  private CronSchedule() {}

  /** Says that a schedule cannot be read. */
  private static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String message) {
      super(message);
    }
  }

  /** What is wrong with a schedule; empty when nothing is. */
  static Optional<String> trouble(String schedule) {
    try {
      parse(schedule);
      return Optional.empty();
    } catch (Unreadable e) {
      return Optional.of(e.getMessage());
    }
  }

  private static void parse(String schedule) throws Unreadable {
    String rest = schedule;
    if (rest.startsWith("TZ=") || rest.startsWith("CRON_TZ=")) {
      int space = rest.indexOf(' ');
      rest = space < 0 ? "" : rest.substring(space).strip();
    }
    if (rest.isEmpty()) {
      throw new Unreadable("empty spec string");
    }
    if (rest.startsWith("@")) {
      descriptor(rest);
      return;
    }
    String[] fields = rest.strip().split("\\s+");
    if (fields.length != FIELDS.size()) {
      throw new Unreadable("expected exactly 5 fields, found " + fields.length + ": [" + String.join(" ", fields) + "]");
    }
    for (int i = 0; i < fields.length; i++) {
      for (String range : fields[i].split(",", -1)) {
        range(range, FIELDS.get(i));
      }
    }
  }

  private static void descriptor(String text) throws Unreadable {
    if (text.startsWith("@every ")) {
      String duration = text.substring("@every ".length());
      if (!duration.matches("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h)((\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h))*|0")) {
        throw new Unreadable("failed to parse duration " + text + ": time: invalid duration \"" + duration + "\"");
      }
    } else if (!DESCRIPTORS.contains(text)) {
      throw new Unreadable("unrecognized descriptor: " + text);
    }
  }

  private static void range(String expression, Field field) throws Unreadable {
    String[] rangeAndStep = expression.split("/", -1);
    String[] lowAndHigh = rangeAndStep[0].split("-", -1);
    boolean single = lowAndHigh.length == 1;
    int start;
    int end;
    if (lowAndHigh[0].equals("*") || lowAndHigh[0].equals("?")) {
      start = field.least();
      end = field.greatest();
    } else {
      start = number(lowAndHigh[0], field);
      if (lowAndHigh.length > 2) {
        throw new Unreadable("too many hyphens: " + expression);
      }
      end = single ? start : number(lowAndHigh[1], field);
    }
    int step = 1;
    if (rangeAndStep.length == 2) {
      step = integer(rangeAndStep[1]);
      end = single ? field.greatest() : end;
    } else if (rangeAndStep.length > 2) {
      throw new Unreadable("too many slashes: " + expression);
    }
    bounds(start, end, step, field, expression);
  }

  private static void bounds(int start, int end, int step, Field field, String expression) throws Unreadable {
    if (start < field.least()) {
      throw new Unreadable("beginning of range (" + start + ") below minimum (" + field.least() + "): " + expression);
    }
    if (end > field.greatest()) {
      throw new Unreadable("end of range (" + end + ") above maximum (" + field.greatest() + "): " + expression);
    }
    if (start > end) {
      throw new Unreadable("beginning of range (" + start + ") beyond end of range (" + end + "): " + expression);
    }
    if (step == 0) {
      throw new Unreadable("step of range should be a positive number: " + expression);
    }
  }

  private static int number(String text, Field field) throws Unreadable {
    int named = text.isEmpty() ? -1 : field.names().indexOf(text.toLowerCase(Locale.ROOT));
    return named >= 0 ? named : integer(text);
  }

  private static int integer(String text) throws Unreadable {
    try {
      int number = Integer.parseInt(text);
      if (number < 0) {
        throw new Unreadable("negative number (" + number + ") not allowed: " + text);
      }
      return number;
    } catch (NumberFormatException e) {
      throw new Unreadable("failed to parse int from " + text + ": strconv.Atoi: parsing \"" + text + "\": invalid syntax");
    }
  }
}
