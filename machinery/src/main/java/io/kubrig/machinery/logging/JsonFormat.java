package io.kubrig.machinery.logging;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.HexFormat;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/**
 * Lines such as <code>{"ts":1763721324123.4567,"caller":"Scheduler.java:12","msg":"Bound","v":0,"pod":"default/web"}</code>; time in
 * milliseconds.
 */
final class JsonFormat {
  private static final HexFormat HEX = HexFormat.of();

  private JsonFormat() {}

  static String format(LogLine line) {
    StringBuilder out = new StringBuilder(200);
    out.append("{\"ts\":").append(millis(line.time())).append(",\"caller\":");
    string(out, line.caller());
    out.append(",\"msg\":");
    string(out, line.message());
    if (line.level() != Level.ERROR) {
      out.append(",\"v\":").append(line.verbosity());
    }
    for (KeyValuePair field : line.fields()) {
      out.append(',');
      string(out, field.key);
      out.append(':');
      if (field.value instanceof Number || field.value instanceof Boolean) {
        out.append(field.value);
      } else {
        string(out, String.valueOf(field.value));
      }
    }
    if (line.failure() != null) {
      out.append(",\"err\":");
      string(out, TextFormat.describe(line.failure()));
    }
    return out.append("}\n").toString();
  }

  private static String millis(Instant time) {
    return BigDecimal.valueOf(time.getEpochSecond())
        .movePointRight(3)
        .add(BigDecimal.valueOf(time.getNano(), 6))
        .setScale(4, RoundingMode.DOWN)
        .toPlainString();
  }

  static void string(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u").append(HEX.toHexDigits((short) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
