package io.kubrig.apiserver.kinds.batch;

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

  private static Indexes wrong(String trouble) {
    return new Indexes(0, trouble);
  }

  /** -1 for what is no number. */
  private static long number(String text) {
    return text.matches("\\d{1,9}") ? Long.parseLong(text) : -1;
  }
}
