package io.kubrig.scheduler.config;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
 * @param placements plugins of extension points that 1.36 has only behind an alpha feature
 */
public record ProfileConfiguration(
    String schedulerName,
    Integer percentageOfNodesToScore,
    PluginSet multiPoint,
    Map<ExtensionPoint, PluginSet> points,
    Map<String, ConfigNode> args,
    Set<String> placements) {

  /** The default plugins in order, with the weights of their scores. */
  public static final PluginSet DEFAULT_PLUGINS = defaults();

  /** Points of native that only an alpha feature uses; files that native has written name them. */
  static final List<String> PLACEMENT = List.of("placementGenerate", "placementScore");

  /** Plugins of earlier versions. */
  private static final Set<String> REMOVED = Set.of("AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits");

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
    return new ProfileConfiguration("default-scheduler", null, DEFAULT_PLUGINS, Map.of(), Map.of(), Set.of());
  }

  /** The same with one more default plugin, unless it is switched off. */
  ProfileConfiguration withDefault(String plugin) {
    Map<String, Integer> one = new LinkedHashMap<>(multiPoint.enabled());
    if (!multiPoint.disables(plugin)) {
      one.putIfAbsent(plugin, 0);
    }
    return new ProfileConfiguration(schedulerName, percentageOfNodesToScore, new PluginSet(one, multiPoint.disabled()), points, args,
        placements);
  }

  static ProfileConfiguration read(ConfigNode node, boolean only) {
    String name = node.string("schedulerName", only ? "default-scheduler" : "");
    if (name.isEmpty()) {
      node.problem("schedulerName", "Required value");
    }
    Integer percentage = node.integer("percentageOfNodesToScore").map(Long::intValue).orElse(null);
    if (percentage != null) {
      checkPercentage(node, percentage);
    }
    Map<ExtensionPoint, PluginSet> points = new EnumMap<>(ExtensionPoint.class);
    ConfigNode plugins = node.object("plugins");
    PluginSet multiPoint = PluginSet.read(plugins.object("multiPoint")).over(DEFAULT_PLUGINS);
    for (ExtensionPoint p : ExtensionPoint.values()) {
      points.put(p, PluginSet.read(plugins.object(p.field())));
      checkRemoved(plugins.object(p.field()));
    }
    Set<String> placements = new LinkedHashSet<>();
    PLACEMENT.forEach(point -> placements.addAll(PluginSet.read(plugins.object(point)).names()));
    return new ProfileConfiguration(name, percentage, multiPoint, points, readArgs(node), placements);
  }

  static void checkPercentage(ConfigNode node, int percentage) {
    if (percentage < 0 || percentage > 100) {
      node.problem("percentageOfNodesToScore", "Invalid value: " + percentage + ": not in valid range [0-100]");
    }
  }

  private static void checkRemoved(ConfigNode point) {
    List<ConfigNode> enabled = point.objects("enabled");
    for (int i = 0; i < enabled.size(); i++) {
      String plugin = enabled.get(i).string("name", "");
      if (REMOVED.contains(plugin)) {
        point.problem("enabled[" + i + "]", removed(plugin));
      }
    }
  }

  private static String removed(String plugin) {
    return "Invalid value: \"" + plugin + "\": was invalid in version \"v1\" (KubeSchedulerConfiguration is version \""
        + SchedulerConfiguration.API_VERSION + "\")";
  }

  private static Map<String, ConfigNode> readArgs(ConfigNode node) {
    Map<String, ConfigNode> args = new LinkedHashMap<>();
    for (ConfigNode c : node.objects("pluginConfig")) {
      String plugin = c.string("name", "");
      ConfigNode own = c.object("args");
      if (args.put(plugin, own) != null) {
        c.problem("Duplicate value: \"" + plugin + "\"");
      }
      if (REMOVED.contains(plugin)) {
        c.problem(removed(plugin));
      }
      PluginArgs.validate(plugin, own);
    }
    return args;
  }

  /** What is said for one extension point. */
  public PluginSet at(ExtensionPoint point) {
    return points.getOrDefault(point, PluginSet.EMPTY);
  }

  /** The arguments of a plugin; empty when none are given. */
  public ConfigNode argsOf(String plugin) {
    ConfigNode given = args.get(plugin);
    return given == null ? ConfigNode.empty(new Problems()) : given.alone();
  }

  /** Every name that is enabled somewhere. */
  public List<String> mentioned() {
    Map<String, Boolean> names = new LinkedHashMap<>();
    multiPoint.names().forEach(n -> names.put(n, true));
    points.values().forEach(s -> s.names().forEach(n -> names.put(n, true)));
    return List.copyOf(names.keySet());
  }
}
