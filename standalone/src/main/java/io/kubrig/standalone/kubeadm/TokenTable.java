package io.kubrig.standalone.kubeadm;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Tokens as {@code token list} prints them. */
public final class TokenTable {
  private static final List<String> HEADER = List.of("TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS");
  private static final int GAP = 3;
  private static final int NARROWEST = 10;

  private TokenTable() {}

  /** The table, a line each; empty without tokens. */
  public static String of(List<BootstrapToken> tokens, Instant now) {
    if (tokens.isEmpty()) {
      return "";
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    tokens.forEach(token -> rows.add(row(token, now)));
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        String cell = row.get(column);
        out.append(cell);
        if (column < row.size() - 1) {
          out.append(" ".repeat(width(rows, column) - cell.length()));
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static int width(List<List<String>> rows, int column) {
    return Math.max(NARROWEST, rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0) + GAP);
  }

  private static List<String> row(BootstrapToken token, Instant now) {
    return List.of(token.text(),
        token.expires().map(end -> brief(Duration.between(now, end))).orElse("<forever>"),
        token.expires().map(Instant::toString).orElse("<never>"),
        orNone(String.join(",", token.usages())),
        orNone(token.description()),
        orNone(String.join(",", token.groups())));
  }

  private static String orNone(String text) {
    return text.isEmpty() ? "<none>" : text;
  }

  /** The biggest unit only, as in {@code 23h}. */
  static String brief(Duration left) {
    long seconds = left.toMillis() / 1000;
    if (seconds < -1) {
      return "<invalid>";
    }
    if (seconds < 60) {
      return Math.max(0, seconds) + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m";
    }
    if (seconds < 86_400) {
      return seconds / 3600 + "h";
    }
    return seconds < 365 * 86_400L ? seconds / 86_400 + "d" : seconds / (365 * 86_400L) + "y";
  }
}
