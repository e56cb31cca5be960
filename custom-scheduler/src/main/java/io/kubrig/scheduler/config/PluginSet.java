package io.kubrig.scheduler.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is enabled and disabled at one extension point (or at all of them: multiPoint).
 *
 * @param enabled weight by name, in order; 0 means no weight is given
 * @param disabled names; {@code *} means all
 */
public record PluginSet(Map<String, Integer> enabled, Set<String> disabled) {
  static final PluginSet EMPTY = new PluginSet(Map.of(), Set.of());
  private static final String ALL = "*";

  public PluginSet {
    enabled = Collections.unmodifiableMap(new LinkedHashMap<>(enabled));
    disabled = Collections.unmodifiableSet(new LinkedHashSet<>(disabled));
  }

  /** Whether a plugin is switched off here. */
  public boolean disables(String name) {
    return disabled.contains(ALL) || disabled.contains(name);
  }

  static PluginSet read(ConfigNode node) {
    Map<String, Integer> enabled = new LinkedHashMap<>();
    Set<String> disabled = new LinkedHashSet<>();
    for (ConfigNode p : node.objects("enabled")) {
      try (p) {
        String name = p.string("name", "");
        if (enabled.put(name, p.integer("weight", 0)) != null) {
          p.problem("name", "Duplicate value: \"" + name + "\"");
        }
      }
    }
    for (ConfigNode p : node.objects("disabled")) {
      try (p) {
        disabled.add(p.string("name", ""));
        p.integer("weight");
      }
    }
    node.close();
    return new PluginSet(enabled, disabled);
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
    return new PluginSet(merged, disabled);
  }

  /** The names enabled here, in order. */
  public List<String> names() {
    return new ArrayList<>(enabled.keySet());
  }
}
