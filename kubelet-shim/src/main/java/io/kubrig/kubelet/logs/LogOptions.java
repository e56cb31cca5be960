package io.kubrig.kubelet.logs;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;

/**
 * Which part of a container's log is wanted. Source: the API's PodLogOptions.
 *
 * @param tailLines how many of the last lines; negative means all
 * @param limitBytes where to stop; negative means nowhere
 * @param since the oldest line; {@link Instant#EPOCH} means all
 * @param stream {@code All}, {@code Stdout} or {@code Stderr}
 */
public record LogOptions(boolean follow, boolean previous, boolean timestamps, long tailLines, long limitBytes, Instant since,
    String stream) {

  /** @throws IllegalArgumentException with the message for the caller */
  public static LogOptions parse(Map<String, String> query, Instant now) {
    Instant since = Instant.EPOCH;
    if (query.containsKey("sinceTime") && query.containsKey("sinceSeconds")) {
      throw new IllegalArgumentException("at most one of sinceTime or sinceSeconds may be specified");
    }
    if (query.containsKey("sinceSeconds")) {
      long seconds = number(query, "sinceSeconds", 0);
      if (seconds < 1) {
        throw new IllegalArgumentException("sinceSeconds must be greater than 0");
      }
      since = now.minus(Duration.ofSeconds(seconds));
    } else if (query.containsKey("sinceTime")) {
      try {
        since = OffsetDateTime.parse(query.get("sinceTime")).toInstant();
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("sinceTime must be a time such as 2006-01-02T15:04:05Z", e);
      }
    }
    long tail = number(query, "tailLines", -1);
    long limit = number(query, "limitBytes", -1);
    if (query.containsKey("limitBytes") && limit < 1) {
      throw new IllegalArgumentException("limitBytes must be greater than 0");
    }
    return new LogOptions(flag(query, "follow"), flag(query, "previous"), flag(query, "timestamps"), tail, limit, since,
        query.getOrDefault("stream", "All"));
  }

  private static boolean flag(Map<String, String> query, String name) {
    String value = query.getOrDefault(name, "false");
    return value.equals("true") || value.equals("1") || query.containsKey(name) && value.isEmpty();
  }

  private static long number(Map<String, String> query, String name, long absent) {
    try {
      return query.containsKey(name) ? Long.parseLong(query.get(name)) : absent;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a number", e);
    }
  }

  boolean wants(String lineStream) {
    return stream.equals("All") || stream.equalsIgnoreCase(lineStream);
  }
}
