package io.kubrig.machinery.logging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/**
 * Lines such as {@code I1121 10:35:24.123456    1234 Scheduler.java:12] "Bound" pod="default/web"}: severity, month and day, local time to
 * the microsecond, process, place, then the message, in quotes when key values follow it.
 */
final class TextFormat {
  private static final ZoneId ZONE = ZoneId.systemDefault();
  private static final long PID = ProcessHandle.current().pid();

  private TextFormat() {}

  static String format(LogLine line) {
    StringBuilder out = new StringBuilder(160);
    header(out, line);
    boolean structured = !line.fields().isEmpty() || line.failure() != null;
    if (structured) {
      quote(out, line.message());
    } else {
      out.append(line.message());
    }
    if (line.failure() != null) {
      out.append(" err=");
      quote(out, describe(line.failure()));
    }
    for (KeyValuePair field : line.fields()) {
      out.append(' ').append(field.key).append('=');
      value(out, field.value);
    }
    out.append('\n');
    if (line.level() == Level.ERROR && line.failure() != null) {
      out.append(stack(line.failure()));
    }
    return out.toString();
  }

  private static void header(StringBuilder out, LogLine line) {
    ZonedDateTime time = line.time().atZone(ZONE);
    out.append(
        switch (line.level()) {
          case ERROR -> 'E';
          case WARN -> 'W';
          case INFO, DEBUG, TRACE -> 'I';
        });
    padded(out, time.getMonthValue(), 2, '0');
    padded(out, time.getDayOfMonth(), 2, '0');
    out.append(' ');
    padded(out, time.getHour(), 2, '0');
    out.append(':');
    padded(out, time.getMinute(), 2, '0');
    out.append(':');
    padded(out, time.getSecond(), 2, '0');
    out.append('.');
    padded(out, time.getNano() / 1000, 6, '0');
    out.append(' ');
    padded(out, PID, 7, ' ');
    out.append(' ').append(line.caller()).append("] ");
  }

  private static void padded(StringBuilder out, long number, int width, char fill) {
    String digits = Long.toString(number);
    for (int i = digits.length(); i < width; i++) {
      out.append(fill);
    }
    out.append(digits);
  }

  private static void value(StringBuilder out, Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else {
      quote(out, String.valueOf(value));
    }
  }

  private static void quote(StringBuilder out, String text) {
    JsonFormat.string(out, text);
  }

  static String describe(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }

  private static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
