package io.kubrig.scheduler.config;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** A configuration as the object of a file, every default filled in: what {@code --write-config-to} and {@code /configz} show. */
public final class ConfigurationWriter {
  private static final List<Map<String, Object>> CPU_AND_MEMORY =
      List.of(object("name", "cpu", "weight", 1), object("name", "memory", "weight", 1));
  private static final Map<String, Map<String, Object>> DEFAULT_ARGS = Map.of(
      "DefaultPreemption", object("minCandidateNodesAbsolute", 100, "minCandidateNodesPercentage", 10),
      "DynamicResources", object("bindingTimeout", "10m0s", "filterTimeout", "10s"),
      "InterPodAffinity", object("hardPodAffinityWeight", 1, "ignorePreferredTermsOfExistingPods", false),
      "NodeAffinity", object(),
      "NodeResourcesBalancedAllocation", object("resources", CPU_AND_MEMORY),
      "NodeResourcesFit", object("scoringStrategy", object("resources", CPU_AND_MEMORY, "type", "LeastAllocated")),
      "PodTopologySpread", object("defaultingType", "System"),
      "VolumeBinding", object("bindTimeoutSeconds", 600));

  private ConfigurationWriter() {}

  private static Map<String, Object> object(Object... pairs) {
    Map<String, Object> out = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      out.put((String) pairs[i], pairs[i + 1]);
    }
    return out;
  }

  /** The object, keys in order of their names. */
  public static Tree tree(SchedulerConfiguration c) {
    return (Tree) value(object(c));
  }

  private static Object value(Object plain) {
    return switch (plain) {
      case Map<?, ?> m -> {
        Tree tree = new Tree();
        m.forEach((k, v) -> tree.set((String) k, value(v)));
        yield tree;
      }
      case List<?> l -> l.stream().map(ConfigurationWriter::value).toList();
      case null, default -> plain;
    };
  }

  private static Map<String, Object> object(SchedulerConfiguration c) {
    SchedulerConfiguration.LeaderElection e = c.leaderElection();
    Map<String, Object> out = object(
        "apiVersion", SchedulerConfiguration.API_VERSION,
        "kind", "KubeSchedulerConfiguration",
        "clientConnection", object("acceptContentTypes", "", "burst", c.connection().burst(), "contentType", c.connection().contentType(),
            "kubeconfig", c.connection().kubeconfig(), "qps", plain(c.connection().qps())),
        "enableContentionProfiling", c.debugging().contentionProfiling(),
        "enableProfiling", c.debugging().profiling(),
        "leaderElection", object("leaderElect", e.leaderElect(), "leaseDuration", GoDuration.format(e.leaseDuration()),
            "renewDeadline", GoDuration.format(e.renewDeadline()), "resourceLock", "leases", "resourceName", e.resourceName(),
            "resourceNamespace", e.resourceNamespace(), "retryPeriod", GoDuration.format(e.retryPeriod())),
        "parallelism", c.parallelism(),
        "percentageOfNodesToScore", c.percentageOfNodesToScore(),
        "podInitialBackoffSeconds", c.backoff().initial().toSeconds(),
        "podMaxBackoffSeconds", c.backoff().max().toSeconds(),
        "profiles", c.profiles().stream().map(ConfigurationWriter::profile).toList());
    if (c.delayCacheUntilActive()) {
      out.put("delayCacheUntilActive", true);
    }
    if (!c.extenders().isEmpty()) {
      out.put("extenders", c.extenders().stream().map(ConfigurationWriter::extender).toList());
    }
    return out;
  }

  private static Number plain(double d) {
    if (d == Math.rint(d)) {
      return (long) d;
    }
    return d;
  }

  private static Map<String, Object> profile(ProfileConfiguration p) {
    Map<String, Object> plugins = object("multiPoint", plugins(p.multiPoint()));
    ProfileConfiguration.PLACEMENT.forEach(point -> plugins.put(point, object()));
    for (ExtensionPoint point : ExtensionPoint.values()) {
      plugins.put(point.field(), plugins(p.at(point)));
    }
    Map<String, Object> out = object("schedulerName", p.schedulerName(), "plugins", plugins);
    List<Object> args = args(p);
    if (!args.isEmpty()) {
      out.put("pluginConfig", args);
    }
    if (p.percentageOfNodesToScore() != null) {
      out.put("percentageOfNodesToScore", p.percentageOfNodesToScore());
    }
    return out;
  }

  private static Map<String, Object> plugins(PluginSet set) {
    Map<String, Object> out = object();
    if (!set.enabled().isEmpty()) {
      List<Object> enabled = new ArrayList<>();
      set.enabled().forEach((name, weight) -> enabled.add(object("name", name, "weight", weight)));
      out.put("enabled", enabled);
    }
    if (!set.disabled().isEmpty()) {
      out.put("disabled", set.disabled().stream().map(n -> object("name", n, "weight", 0)).toList());
    }
    return out;
  }

  /** What the plugins in use have as arguments, by their names; others are left out. */
  private static List<Object> args(ProfileConfiguration p) {
    List<Object> out = new ArrayList<>();
    for (String plugin : new TreeSet<>(p.mentioned())) {
      Map<String, Object> defaults = DEFAULT_ARGS.get(plugin);
      ConfigNode given = p.args().get(plugin);
      if (defaults != null) {
        Map<String, Object> args = object();
        args.putAll(defaults);
        if (given != null) {
          args.putAll(given.plain());
          complete(plugin, args);
        }
        args.put("apiVersion", SchedulerConfiguration.API_VERSION);
        args.put("kind", plugin + "Args");
        out.add(object("name", plugin, "args", args));
      } else if (given != null && !given.plain().isEmpty()) {
        out.add(object("name", plugin, "args", given.plain()));
      }
    }
    return out;
  }

  /** Defaults within what is given. */
  private static void complete(String plugin, Map<String, Object> args) {
    args.values().removeIf(Objects::isNull);
    DEFAULT_ARGS.get(plugin).forEach(args::putIfAbsent);
    switch (plugin) {
      case "NodeResourcesBalancedAllocation" -> args.put("resources", weighted(args.get("resources")));
      case "NodeResourcesFit" -> {
        if (args.get("scoringStrategy") instanceof Map<?, ?> given) {
          Map<String, Object> strategy = object();
          given.forEach((k, v) -> strategy.put((String) k, v));
          strategy.put("resources", weighted(strategy.get("resources")));
          args.put("scoringStrategy", strategy);
        }
      }
      case "DynamicResources" -> {
        for (String timeout : List.of("filterTimeout", "bindingTimeout")) {
          args.put(timeout, GoDuration.format(GoDuration.parse((String) args.get(timeout))));
        }
      }
      default -> { }
    }
  }

  private static List<?> weighted(Object resources) {
    if (!(resources instanceof List<?> given) || given.isEmpty()) {
      return CPU_AND_MEMORY;
    }
    return given.stream().map(r -> {
      Map<String, Object> one = object("weight", 1);
      ((Map<?, ?>) r).forEach((k, v) -> one.put((String) k, v));
      return one;
    }).toList();
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, Object> extender(ExtenderConfiguration e) {
    Map<String, Object> out = object("urlPrefix", e.urlPrefix(), "httpTimeout", GoDuration.format(e.httpTimeout()));
    put(out, "filterVerb", e.verbs().filter());
    put(out, "preemptVerb", e.verbs().preempt());
    put(out, "prioritizeVerb", e.verbs().prioritize());
    put(out, "bindVerb", e.verbs().bind());
    if (e.weight() != 0) {
      out.put("weight", e.weight());
    }
    if (e.tls().enabled()) {
      out.put("enableHTTPS", true);
    }
    if (e.tls().isGiven()) {
      Map<String, Object> tls = object("insecure", e.tls().insecure());
      put(tls, "serverName", e.tls().serverName());
      put(tls, "certFile", e.tls().certFile());
      put(tls, "keyFile", e.tls().keyFile());
      put(tls, "caFile", e.tls().caFile());
      put(tls, "certData", encoded(e.tls().data().cert()));
      put(tls, "keyData", encoded(e.tls().data().key()));
      put(tls, "caData", encoded(e.tls().data().ca()));
      out.put("tlsConfig", tls);
    }
    if (e.traits().nodeCacheCapable()) {
      out.put("nodeCacheCapable", true);
    }
    if (e.traits().ignorable()) {
      out.put("ignorable", true);
    }
    if (!e.managed().isEmpty()) {
      List<Object> managed = new ArrayList<>();
      e.managed().forEach((name, ignored) -> managed.add(object("name", name, "ignoredByScheduler", ignored)));
      out.put("managedResources", managed);
    }
    return out;
  }

  private static void put(Map<String, Object> out, String key, String value) {
    if (!value.isEmpty()) {
      out.put(key, value);
    }
  }
}
