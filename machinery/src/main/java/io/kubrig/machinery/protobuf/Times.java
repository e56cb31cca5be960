package io.kubrig.machinery.protobuf;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as JSON writes them. */
final class Times {
  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private Times() {}

  static Instant parse(String text) {
    try {
      return text.endsWith("Z") ? Instant.parse(text) : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new ProtobufException("not a time: " + text, e);
    }
  }

  static String seconds(long seconds) {
    return format(SECONDS, seconds, 0);
  }

  static String micros(long seconds, int nanos) {
    return format(MICROS, seconds, nanos);
  }

  private static String format(DateTimeFormatter formatter, long seconds, int nanos) {
    try {
      return formatter.format(Instant.ofEpochSecond(seconds, nanos));
    } catch (DateTimeException e) {
      throw new ProtobufException("a time out of range: " + seconds + " s", e);
    }
  }
}
