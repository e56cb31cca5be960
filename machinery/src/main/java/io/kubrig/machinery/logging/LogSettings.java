package io.kubrig.machinery.logging;

import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.FlagTypes;
import java.util.Map;
import java.util.TreeMap;

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

  /**
   * The settings that flags give as text.
   *
   * @param patterns {@code pattern=N,...}
   * @throws FlagException when the patterns cannot be read
   */
  public static LogSettings of(Format format, int verbosity, String patterns) {
    Map<String, Integer> perFile = new TreeMap<>();
    try {
      FlagTypes.STRING_MAP.parse(patterns).forEach((pattern, level) -> perFile.put(pattern, FlagTypes.INT32.parse(level)));
    } catch (IllegalArgumentException e) {
      throw new FlagException("invalid argument \"" + patterns + "\" for \"--vmodule\" flag: " + e.getMessage());
    }
    return new LogSettings(format, verbosity, perFile);
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
