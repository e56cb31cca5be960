package io.kubrig.machinery.flags;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The help output of a command: description, usage line, and the flags of each section in columns. */
final class FlagHelp {
  private static final String GLOBAL = "global";
  private final FlagSet set;

  FlagHelp(FlagSet set) {
    this.set = set;
  }

  String text(int width) {
    StringBuilder out = new StringBuilder();
    out.append(set.description()).append("\n\nUsage:\n  ").append(set.command()).append(" [flags]\n");
    List<FlagSection> ordered = new ArrayList<>(set.sections());
    ordered.sort(Comparator.comparing(section -> section.title().equals(GLOBAL)));
    for (FlagSection section : ordered) {
      if (!section.flags().isEmpty()) {
        String title = section.title();
        out.append('\n').append(title.substring(0, 1).toUpperCase(Locale.ROOT)).append(title.substring(1)).append(" flags:\n\n");
        appendFlags(out, section, width);
      }
    }
    return out.toString();
  }

  private static void appendFlags(StringBuilder out, FlagSection section, int width) {
    List<Line> lines =
        section.flags().stream().sorted(Comparator.comparing(Flag::name)).map(FlagHelp::line).toList();
    int column = lines.stream().mapToInt(line -> line.left.length()).max().orElse(0) + 3;
    for (Line line : lines) {
      out.append(line.left).append(" ".repeat(column - line.left.length()));
      appendWrapped(out, line.right, column, width);
      out.append('\n');
    }
  }

  private static <T> Line line(Flag<T> flag) {
    StringBuilder left = new StringBuilder(flag.shorthand().isEmpty() ? "      --" : "  -" + flag.shorthand() + ", --").append(flag.name());
    String usage = flag.usage();
    String word = flag.type().name();
    int open = usage.indexOf('`');
    int close = open < 0 ? -1 : usage.indexOf('`', open + 1);
    if (close > 0) {
      word = usage.substring(open + 1, close);
      usage = usage.substring(0, open) + word + usage.substring(close + 1);
    }
    if (!word.isEmpty()) {
      left.append(' ').append(word);
    }
    if (flag.type() == FlagTypes.VERSION) {
      left.append("[=true]");
    }
    StringBuilder right = new StringBuilder(usage);
    if (!flag.type().isZero(flag.defaultValue())) {
      String value = flag.type().format(flag.defaultValue());
      right.append(" (default ").append(flag.type() instanceof FlagTypes.Quoted ? FlagTypes.quote(value) : value).append(')');
    }
    if (!flag.deprecation().isEmpty()) {
      right.append(" (DEPRECATED: ").append(flag.deprecation()).append(')');
    }
    return new Line(left.toString(), right.toString());
  }

  private static void appendWrapped(StringBuilder out, String text, int column, int width) {
    int room = width - column;
    if (width == 0 || room < 24) {
      out.append(text.replace("\n", "\n" + " ".repeat(column)));
      return;
    }
    int used = 0;
    for (String word : text.split(" ")) {
      if (used > 0 && used + 1 + word.length() > room) {
        out.append('\n').append(" ".repeat(column));
        used = 0;
      } else if (used > 0) {
        out.append(' ');
        used++;
      }
      out.append(word);
      used += word.length();
    }
  }

  private record Line(String left, String right) {}
}
