package io.kubrig.machinery.flags;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The values of a command line that was understood. */
public final class ParsedFlags {
  private final FlagSet set;
  private final Map<Flag<?>, Object> given;
  private final List<String> warnings;

  ParsedFlags(FlagSet set, Map<Flag<?>, Object> given, List<String> warnings) {
    this.set = set;
    this.given = Map.copyOf(given);
    this.warnings = List.copyOf(warnings);
  }

  /** The value given, or the flag's default. */
  @SuppressWarnings("unchecked") // the parser stores for each flag only what the flag's own type made
  public <T> T value(Flag<T> flag) {
    Object value = given.get(flag);
    return value == null ? flag.defaultValue() : (T) value;
  }

  /** Whether the flag was on the command line: only then does it override a configuration file. */
  public boolean isSet(Flag<?> flag) {
    return given.containsKey(flag);
  }

  public boolean helpWanted() {
    return value(set.help());
  }

  /** What {@code --version} asks for: {@code true}, {@code raw}, a version to report, or {@code false}. */
  public String versionWanted() {
    return value(set.version());
  }

  /** Sentences about deprecated flags and flags without effect that were used; the program prints them. */
  public List<String> warnings() {
    return warnings;
  }

  /** Every flag with its effective value as text, by name; what {@code /flagz} and the start-up log show. */
  public Map<String, String> effective() {
    Map<String, String> values = new TreeMap<>();
    set.all().forEach(flag -> values.put(flag.name(), text(flag)));
    return values;
  }

  private <T> String text(Flag<T> flag) {
    return flag.type().format(value(flag));
  }
}
