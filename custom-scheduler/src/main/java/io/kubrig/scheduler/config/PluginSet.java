package io.kubrig.scheduler.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is enabled and disabled at one extension point (or at all of them: multiPoint).
 *
 * @param enabled weight by name, in order; 0 means no weight is given
 * @param disabled names; {@code *} means all
 * @param repeated what is enabled more than once, which no profile can be made of
 */
public record PluginSet(Map<String, Integer> enabled, Set<String> disabled, Set<String> repeated) {
  static final PluginSet EMPTY = new PluginSet(Map.of(), Set.of());
  private static final String ALL = "*";

  public PluginSet {
    enabled = Collections.unmodifiableMap(new LinkedHashMap<>(enabled));
    disabled = Collections.unmodifiableSet(new LinkedHashSet<>(disabled));
    repeated = Set.copyOf(repeated);
  }

  PluginSet(Map<String, Integer> enabled, Set<String> disabled) {
    this(enabled, disabled, Set.of());
  }

  /** Whether a plugin is switched off here. */
  public boolean disables(String name) {
    return disabled.contains(ALL) || disabled.contains(name);
  }

  static PluginSet read(ConfigNode node) {
    Map<String, Integer> enabled = new LinkedHashMap<>();
    Set<String> repeated = new LinkedHashSet<>();
    for (ConfigNode p : node.objects("enabled")) {
      String name = p.string("name", "");
      if (enabled.put(name, p.integer("weight", 0)) != null) {
        repeated.add(name);
      }
    }
    Set<String> disabled = new LinkedHashSet<>();
    node.objects("disabled").forEach(p -> disabled.add(p.string("name", "")));
    return new PluginSet(enabled, disabled, repeated);
  }

  /** As native prints it in errors. */
  String json() {
    return "{\"Enabled\":" + json(enabled) + ",\"Disabled\":"
        + json(disabled.stream().collect(Collectors.toMap(n -> n, n -> 0, (a, b) -> a, LinkedHashMap::new))) + "}";
  }

  private static String json(Map<String, Integer> plugins) {
    return plugins.isEmpty() ? "null" : plugins.entrySet().stream()
        .map(e -> "{\"Name\":\"" + e.getKey() + "\",\"Weight\":" + e.getValue() + "}").collect(Collectors.joining(",", "[", "]"));
  }

  /** These settings on top of defaults: a default that is named again keeps its place and takes the new weight. */
  PluginSet over(PluginSet defaults) {
    Map<String, Integer> merged = new LinkedHashMap<>();
    defaults.enabled.forEach((name, weight) -> {
      if (!disables(name)) {
        merged.put(name, enabled.getOrDefault(name, weight));
      }
    });
    enabled.forEach(merged::putIfAbsent);
    return new PluginSet(merged, disabled, repeated);
  }

  /** The names enabled here, in order. */
  public List<String> names() {
    return new ArrayList<>(enabled.keySet());
  }
}
