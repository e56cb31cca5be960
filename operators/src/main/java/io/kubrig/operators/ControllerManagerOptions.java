package io.kubrig.operators;

import io.kubrig.machinery.component.FeatureGates;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The settings of a controller manager: kube-controller-manager's flags by their names. */
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
    FlagSet flags = new ControllerManagerFlags().all();
    return new ControllerManagerOptions(flags, flags.parse(List.of(args)));
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
    Map<String, List<String>> given = new LinkedHashMap<>();
    Map<?, ?> value = value("feature-gates", Map.class);
    value.forEach((component, settings) ->
        given.put(String.valueOf(component), ((List<?>) settings).stream().map(String::valueOf).toList()));
    return FeatureGates.of(given).enabled(gate, byDefault);
  }

  /** Every flag with its effective value, for {@code /flagz} and logs. */
  public Map<String, String> effective() {
    return given.effective();
  }

  /** What was given, for those who declared flags of their own. */
  ParsedFlags given() {
    return given;
  }

  /** A flag's value, whatever its type. */
  Object value(String name) {
    return given.value(flag(name));
  }

  private <T> T value(String name, Class<T> type) {
    return type.cast(given.value(flag(name)));
  }

  private Flag<?> flag(String name) {
    return declared.find(name).orElseThrow(() -> new IllegalArgumentException("no such flag: --" + name));
  }
}
