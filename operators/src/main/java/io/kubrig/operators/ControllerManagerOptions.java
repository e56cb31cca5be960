package io.kubrig.operators;

import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.flags.ParsedFlags;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The settings of a controller manager: kube-controller-manager's flags by their names. The table of flags is {@code flags.tsv}. */
public final class ControllerManagerOptions {
  /** The native name of the program. */
  public static final String COMPONENT = "kube-controller-manager";

  private final FlagSet declared;
  private final ParsedFlags given;

  /** The options of a parsed command line. */
  public ControllerManagerOptions(FlagSet declared, ParsedFlags given) {
    this.declared = declared;
    this.given = given;
  }

  /** The options of a command line. */
  public static ControllerManagerOptions parse(String... args) {
    FlagSet flags = declare();
    return new ControllerManagerOptions(flags, flags.parse(List.of(args)));
  }

  /** All flags there are. */
  public static FlagSet declare() {
    FlagSet flags = new FlagSet(COMPONENT,
        "The controllers of a cluster: each watches objects and makes the world look as they say, through the API server alone.");
    try (BufferedReader table = new BufferedReader(new InputStreamReader(
        ControllerManagerOptions.class.getResourceAsStream("flags.tsv"), StandardCharsets.UTF_8))) {
      table.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("\t", -1)).forEach(row -> declare(flags, row));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return flags;
  }

  private static void declare(FlagSet flags, String[] row) {
    FlagSection section = flags.section(row[0]);
    String name = row[1];
    String value = row[3];
    String usage = row[4];
    switch (row[2]) {
      case "bool" -> section.bool(name, value.equals("true"), usage);
      case "int" -> section.integer(name, number(value), usage);
      case "int32" -> section.int32(name, number(value), usage);
      case "duration" -> section.flag(name, FlagTypes.DURATION, value.isEmpty() ? Duration.ZERO : FlagTypes.DURATION.parse(value), usage);
      case "float" -> section.flag(name, FlagTypes.FLOAT, Double.parseDouble(value), usage);
      case "float32" -> section.float32(name, Double.parseDouble(value), usage);
      case "ip" -> section.ip(name, value, usage);
      case "strings" -> section.strings(name, value.isEmpty() ? List.of() : List.of(value), usage);
      case "int32Slice" -> section.flag(name, FlagTypes.INT32_SLICE, List.of(), usage);
      case "stringToString" -> section.flag(name, FlagTypes.STRING_TO_STRING, Map.of(), usage);
      case "colonSeparatedMultimapStringString" -> section.flag(name, FlagTypes.MULTIMAP, Map.of(), usage);
      case "Level" -> section.flag(name, FlagTypes.LEVEL, 0, usage).shorthand('v');
      case "quantity" -> section.flag(name, FlagTypes.QUANTITY, "", usage);
      case "string" -> section.string(name, value, usage);
      default -> section.flag(name, FlagTypes.text(row[2]), value, usage);
    }
  }

  private static int number(String text) {
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }

  /** A flag's text. */
  public String string(String name) {
    return value(name, String.class);
  }

  /** A flag's truth. */
  public boolean bool(String name) {
    return value(name, Boolean.class);
  }

  /** A flag's whole number. */
  public int integer(String name) {
    return value(name, Integer.class);
  }

  /** A flag's number. */
  public double real(String name) {
    return value(name, Double.class);
  }

  /** A flag's time span. */
  public Duration duration(String name) {
    return value(name, Duration.class);
  }

  /** A flag's list of words. */
  public List<String> strings(String name) {
    return ((List<?>) value(name, List.class)).stream().map(String.class::cast).toList();
  }

  /** Whether a flag was on the command line. */
  public boolean isSet(String name) {
    return given.isSet(flag(name));
  }

  /** Whether a feature gate is on. @param byDefault what it is when nobody says */
  public boolean feature(String gate, boolean byDefault) {
    Map<?, ?> gates = value("feature-gates", Map.class);
    boolean on = byDefault;
    for (Object values : gates.values()) {
      for (Object setting : (List<?>) values) {
        String[] parts = setting.toString().split("=", 2);
        if (parts.length == 2 && parts[0].trim().equals(gate)) {
          on = Boolean.parseBoolean(parts[1].trim());
        }
      }
    }
    return on;
  }

  /** Every flag with its effective value, for {@code /flagz} and logs. */
  public Map<String, String> effective() {
    return given.effective();
  }

  private <T> T value(String name, Class<T> type) {
    return type.cast(given.value(flag(name)));
  }

  private Flag<?> flag(String name) {
    return declared.find(name).orElseThrow(() -> new IllegalArgumentException("no such flag: --" + name));
  }
}
