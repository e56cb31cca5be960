package io.kubrig.machinery.flags;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All flags of one command, in sections. {@code --help} and {@code --version} are always there. */
public final class FlagSet {
  private final String command;
  private final String description;
  private final Map<String, FlagSection> sections = new LinkedHashMap<>();
  private final Map<String, Flag<?>> byName = new TreeMap<>();
  private final Map<String, Flag<?>> byShorthand = new TreeMap<>();
  private final Flag<Boolean> help;
  private final Flag<String> version;

  /**
   * @param command the native name of the program, such as {@code kube-scheduler}
   * @param description what it is, as the first paragraph of the help output
   */
  public FlagSet(String command, String description) {
    this.command = command;
    this.description = description;
    FlagSection global = new FlagSection(this, "global");
    this.help = global.bool("help", false, "help for " + command).shorthand('h');
    this.version =
        global.flag(
            "version",
            FlagTypes.VERSION,
            "false",
            "--version, --version=raw prints version information and quits; --version=vX.Y.Z... sets the reported version");
    sections.put("global", global);
  }

  /** The section with a title such as {@code secure serving}, made when it is not there yet. */
  public FlagSection section(String title) {
    return sections.computeIfAbsent(title, unused -> new FlagSection(this, title));
  }

  void register(Flag<?> flag) {
    if (byName.putIfAbsent(flag.name(), flag) != null) {
      throw new IllegalStateException(command + " flag redefined: " + flag.name());
    }
  }

  public String command() {
    return command;
  }

  String description() {
    return description;
  }

  Flag<Boolean> help() {
    return help;
  }

  Flag<String> version() {
    return version;
  }

  Collection<FlagSection> sections() {
    return sections.values();
  }

  /** Every declared flag, by name. */
  public Collection<Flag<?>> all() {
    return byName.values();
  }

  /** The flag of that name; underscores count as dashes. */
  public Optional<Flag<?>> find(String name) {
    return Optional.ofNullable(byName.get(name.replace('_', '-')));
  }

  Optional<Flag<?>> findShorthand(String letter) {
    if (byShorthand.isEmpty()) {
      byName.values().stream().filter(flag -> !flag.shorthand().isEmpty()).forEach(flag -> byShorthand.put(flag.shorthand(), flag));
    }
    return Optional.ofNullable(byShorthand.get(letter));
  }

  /**
   * Reads a command line.
   *
   * @throws FlagException when a flag is unknown, lacks its value or has a bad one, or when something that is no flag is given
   */
  public ParsedFlags parse(List<String> args) {
    return new FlagParser(this).parse(args);
  }

  /** The help output as the native component prints it. Unit of width: columns; 0 does not wrap. */
  public String helpText(int width) {
    return new FlagHelp(this).text(width);
  }
}
