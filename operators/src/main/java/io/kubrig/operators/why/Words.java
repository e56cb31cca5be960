package io.kubrig.operators.why;

import java.time.Duration;
import java.util.Locale;

/** How findings put numbers, times and conditions. */
final class Words {
  private static final int MINUTE = 60;

  private Words() {}

  /** A span in whole seconds, as {@code 90s} or {@code 12m30s}. */
  static String time(Duration span) {
    long seconds = Math.max(0, span.toMillis() + 999) / 1000;
    if (seconds < 2 * MINUTE) {
      return seconds + "s";
    }
    return Duration.ofSeconds(seconds).toString().substring(2).toLowerCase(Locale.ROOT);
  }

  static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  static String condition(String type, String status, String reason, String message) {
    return "condition " + type + "=" + status + (reason == null || reason.isEmpty() ? "" : " (" + reason + ")")
        + (message == null || message.isEmpty() ? "" : ": " + message);
  }
}
