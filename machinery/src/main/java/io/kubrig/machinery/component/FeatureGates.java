package io.kubrig.machinery.component;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The feature gates that a command line switches. Which gates there are and what they are by default is known where they are asked for.
 *
 * @param switched gates by name, on or off
 */
public record FeatureGates(Map<String, Boolean> switched) {
  /** Nothing is switched. */
  public static final FeatureGates DEFAULTS = new FeatureGates(Map.of());

  public FeatureGates {
    switched = Map.copyOf(switched);
  }

  /** The value of {@code --feature-gates}: {@code Name=true|false}, of all components or of this one. A later setting wins. */
  public static FeatureGates of(Map<String, List<String>> flag) {
    Map<String, Boolean> switched = new TreeMap<>();
    for (List<String> settings : flag.values()) {
      for (String setting : settings) {
        int equals = setting.indexOf('=');
        if (equals > 0) {
          switched.put(setting.substring(0, equals).trim(), Boolean.parseBoolean(setting.substring(equals + 1).trim()));
        }
      }
    }
    return new FeatureGates(switched);
  }

  /** Whether a gate is on. @param byDefault what it is when nobody says */
  public boolean enabled(String gate, boolean byDefault) {
    return switched.getOrDefault(gate, byDefault);
  }
}
