package io.kubrig.machinery.logging;

import java.util.Map;

/**
 * How much is logged, and in which form.
 *
 * @param format text or JSON
 * @param verbosity the native {@code -v}
 * @param perFile a verbosity for each pattern of class names ({@code *} and {@code ?}), as {@code --vmodule} gives it
 */
public record LogSettings(Format format, int verbosity, Map<String, Integer> perFile) {
  public static final LogSettings DEFAULT = new LogSettings(Format.TEXT, 0, Map.of());

  public LogSettings {
    perFile = Map.copyOf(perFile);
  }

  /** The two forms of a line. */
  public enum Format {
    TEXT,
    JSON
  }

  int verbosityOf(String simpleName) {
    for (Map.Entry<String, Integer> entry : perFile.entrySet()) {
      String regex = entry.getKey().replace(".", "\\.").replace("*", ".*").replace("?", ".");
      if (simpleName.matches(regex)) {
        return entry.getValue();
      }
    }
    return verbosity;
  }
}
