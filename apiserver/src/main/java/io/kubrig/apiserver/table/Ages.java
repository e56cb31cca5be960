package io.kubrig.apiserver.table;

import io.kubrig.machinery.timestamp.Timestamps;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** Times as table cells show them: how long ago, in the two units that matter. (Source: apimachinery/pkg/util/duration.) */
public final class Ages {
  private static final String UNKNOWN = "<unknown>";
  private static final long HOUR = 60;
  private static final long DAY = 24;
  private static final long YEAR = 365;

  private Ages() {}

  /** How long ago an RFC 3339 time was; {@code <unknown>} for an empty one, {@code <invalid>} for one that lies ahead. */
  public static String since(String timestamp, Instant now) {
    if (timestamp.isEmpty()) {
      return UNKNOWN;
    }
    try {
      return shortly(Duration.between(Timestamps.parse(timestamp), now));
    } catch (DateTimeException | IllegalArgumentException e) {
      return UNKNOWN;
    }
  }

  /** {@code 5s}, {@code 2m30s}, {@code 90m}, {@code 3h12m}, {@code 26h}, {@code 2d3h}, {@code 40d}, {@code 2y30d}, {@code 9y}. */
  public static String shortly(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < -1) {
      return "<invalid>";
    }
    if (seconds < 0) {
      return "0s";
    }
    long minutes = duration.toMinutes();
    long hours = duration.toHours();
    if (seconds < 2 * 60) {
      return seconds + "s";
    }
    if (minutes < 10) {
      return minutes + "m" + rest(seconds % 60, "s");
    }
    if (minutes < 3 * HOUR) {
      return minutes + "m";
    }
    if (hours < 8) {
      return hours + "h" + rest(minutes % HOUR, "m");
    }
    if (hours < 2 * DAY) {
      return hours + "h";
    }
    return longer(hours);
  }

  private static String longer(long hours) {
    long days = hours / DAY;
    if (hours < DAY * 8) {
      return days + "d" + rest(hours % DAY, "h");
    }
    if (days < YEAR * 2) {
      return days + "d";
    }
    if (days < YEAR * 8) {
      return days / YEAR + "y" + rest(days % YEAR, "d");
    }
    return days / YEAR + "y";
  }

  private static String rest(long amount, String unit) {
    return amount == 0 ? "" : amount + unit;
  }
}
