package io.kubrig.apiserver.kinds.batch;

import java.util.OptionalLong;

/**
 * A list of completion indexes such as {@code 0-2,5}: ascending, without overlaps.
 *
 * @param count how many indexes
 * @param trouble what is wrong, "" when nothing is
 */
record Indexes(long count, String trouble) {

  /** @param completions all indexes are less */
  static Indexes parse(String text, long completions) {
    long count = 0;
    long last = -1;
    if (text.isEmpty()) {
      return new Indexes(0, "");
    }
    for (String interval : text.split(",", -1)) {
      String[] limits = interval.split("-", -1);
      if (limits.length > 2) {
        return wrong("the fragment \"" + interval
            + "\" violates the requirement that an index interval can have at most two parts separated by '-'");
      }
      for (String limit : limits) {
        if (number(limit) < 0) {
          return wrong("cannot convert string to integer for index: \"" + limit + "\"");
        }
        if (number(limit) >= completions) {
          return wrong("too large index: \"" + limit + "\"");
        }
      }
      long first = number(limits[0]);
      long end = number(limits[limits.length - 1]);
      if (limits.length == 2 && end <= first) {
        return wrong("non-increasing order, previous: " + first + ", current: " + end);
      }
      if (first <= last) {
        return wrong("non-increasing order, previous: " + last + ", current: " + first);
      }
      count += end - first + 1;
      last = end;
    }
    return new Indexes(count, "");
  }

  /** The first index that is in both of two lists, as far as they can be read. */
  static OptionalLong overlap(String one, String other, long completions) {
    for (String interval : one.split(",", -1)) {
      for (String against : other.split(",", -1)) {
        boolean readable = !interval.isEmpty() && !against.isEmpty() && parse(interval, completions).trouble().isEmpty()
            && parse(against, completions).trouble().isEmpty();
        if (readable && first(interval) <= last(against) && first(against) <= last(interval)) {
          return OptionalLong.of(Math.max(first(interval), first(against)));
        }
      }
    }
    return OptionalLong.empty();
  }

  private static long first(String interval) {
    return number(interval.split("-", -1)[0]);
  }

  private static long last(String interval) {
    String[] limits = interval.split("-", -1);
    return number(limits[limits.length - 1]);
  }

  private static Indexes wrong(String trouble) {
    return new Indexes(0, trouble);
  }

  /** -1 for what is no number. */
  private static long number(String text) {
    return text.matches("\\d{1,9}") ? Long.parseLong(text) : -1;
  }
}
