package io.kubrig.scheduler.config;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One profile: who schedules under a scheduler name, with which plugins and arguments.
 *
 * @param percentageOfNodesToScore null: the common one
 * @param multiPoint the defaults and what the file says on top
 * @param points what the file says for single extension points
 * @param args the arguments a file gives, by plugin
 */
public record ProfileConfiguration(
    String schedulerName,
    Integer percentageOfNodesToScore,
    PluginSet multiPoint,
    Map<ExtensionPoint, PluginSet> points,
    Map<String, ConfigNode> args) {

  /** The default plugins in order, with the weights of their scores. */
  public static final PluginSet DEFAULT_PLUGINS = defaults();

  /** Points of native that only an alpha feature uses; files that native has written name them. */
  static final List<String> PLACEMENT = List.of("placementGenerate", "placementScore");

  private static PluginSet defaults() {
    Map<String, Integer> all = new LinkedHashMap<>();
    all.put("SchedulingGates", 0);
    all.put("PrioritySort", 0);
    all.put("NodeUnschedulable", 0);
    all.put("NodeName", 0);
    all.put("TaintToleration", 3);
    all.put("NodeAffinity", 2);
    all.put("NodePorts", 0);
    all.put("NodeResourcesFit", 1);
    all.put("VolumeRestrictions", 0);
    all.put("NodeVolumeLimits", 0);
    all.put("VolumeBinding", 0);
    all.put("VolumeZone", 0);
    all.put("PodTopologySpread", 2);
    all.put("InterPodAffinity", 2);
    all.put("DynamicResources", 2);
    all.put("DefaultPreemption", 0);
    all.put("NodeResourcesBalancedAllocation", 1);
    all.put("ImageLocality", 1);
    all.put("DefaultBinder", 0);
    all.put("NodeDeclaredFeatures", 0);
    return new PluginSet(all, Set.of());
  }

  /** The profile of a scheduler without configuration. */
  static ProfileConfiguration standard() {
    return new ProfileConfiguration("default-scheduler", null, DEFAULT_PLUGINS, Map.of(), Map.of());
  }

  /** The same with one more default plugin, unless it is switched off. */
  ProfileConfiguration withDefault(String plugin) {
    Map<String, Integer> one = new LinkedHashMap<>(multiPoint.enabled());
    if (!multiPoint.disables(plugin)) {
      one.putIfAbsent(plugin, 0);
    }
    return new ProfileConfiguration(schedulerName, percentageOfNodesToScore, new PluginSet(one, multiPoint.disabled()), points, args);
  }

  static ProfileConfiguration read(ConfigNode node, boolean only) {
    String name = node.string("schedulerName", only ? "default-scheduler" : "");
    if (name.isEmpty()) {
      node.problem("schedulerName", "Required value");
    }
    Integer percentage = node.integer("percentageOfNodesToScore").map(Long::intValue).orElse(null);
    if (percentage != null && (percentage < 0 || percentage > 100)) {
      node.problem("percentageOfNodesToScore", "Invalid value: " + percentage + ": not in valid range [0-100]");
    }
    Map<ExtensionPoint, PluginSet> points = new EnumMap<>(ExtensionPoint.class);
    PluginSet multiPoint;
    try (ConfigNode plugins = node.object("plugins")) {
      multiPoint = PluginSet.read(plugins.object("multiPoint")).over(DEFAULT_PLUGINS);
      for (ExtensionPoint p : ExtensionPoint.values()) {
        points.put(p, PluginSet.read(plugins.object(p.field())));
      }
      for (String point : PLACEMENT) {
        try (ConfigNode p = plugins.object(point)) {
          p.objects("disabled").forEach(ConfigNode::plain);
          if (!p.objects("enabled").isEmpty()) {
            p.problem("enabled", "Forbidden: placements are not tried when TopologyAwareWorkloadScheduling is off");
          }
        }
      }
    }
    ProfileConfiguration profile = new ProfileConfiguration(name, percentage, multiPoint, points, readArgs(node));
    node.close();
    return profile;
  }

  private static Map<String, ConfigNode> readArgs(ConfigNode node) {
    Map<String, ConfigNode> args = new LinkedHashMap<>();
    for (ConfigNode c : node.objects("pluginConfig")) {
      try (c) {
        String plugin = c.string("name", "");
        ConfigNode a = c.object("args");
        a.string("apiVersion");
        String kind = a.string("kind", plugin + "Args");
        if (!kind.equals(plugin + "Args") && DEFAULT_PLUGINS.enabled().containsKey(plugin)) {
          a.problem("kind", "Invalid value: \"" + kind + "\": args for plugin " + plugin + " must be of kind " + plugin + "Args");
        }
        if (args.put(plugin, a) != null) {
          c.problem("name", "Duplicate value: repeated config for plugin " + plugin);
        }
      }
    }
    return args;
  }

  /** What is said for one extension point. */
  public PluginSet at(ExtensionPoint point) {
    return points.getOrDefault(point, PluginSet.EMPTY);
  }

  /** The arguments of a plugin; empty when none are given. */
  public ConfigNode argsOf(String plugin, Problems problems) {
    return args.getOrDefault(plugin, ConfigNode.empty(problems));
  }

  /** Every name that is enabled somewhere. */
  public List<String> mentioned() {
    Map<String, Boolean> names = new LinkedHashMap<>();
    multiPoint.names().forEach(n -> names.put(n, true));
    points.values().forEach(s -> s.names().forEach(n -> names.put(n, true)));
    return List.copyOf(names.keySet());
  }
}
