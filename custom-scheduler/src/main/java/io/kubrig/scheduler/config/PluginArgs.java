package io.kubrig.scheduler.config;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.selector.LabelSyntax;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What native checks of the arguments of its plugins when it reads a file. Those of NodeResourcesFit are checked when the plugin is made.
 */
final class PluginArgs {
  private static final String WHEN = "whenUnsatisfiable";

  private PluginArgs() {}

  /** Notes what is wrong with a plugin's arguments. */
  static void validate(String plugin, ConfigNode args) {
    switch (plugin) {
      case "DefaultPreemption" -> preemption(args);
      case "DynamicResources" -> dynamicResources(args);
      case "InterPodAffinity" -> interPodAffinity(args);
      case "NodeAffinity" -> nodeAffinity(args.object("addedAffinity"));
      case "NodeResourcesBalancedAllocation" -> balancedAllocation(args);
      case "PodTopologySpread" -> spreading(args);
      case "VolumeBinding" -> volumeBinding(args);
      default -> { }
    }
  }

  private static void preemption(ConfigNode args) {
    int percentage = args.integer("minCandidateNodesPercentage", 10);
    int absolute = args.integer("minCandidateNodesAbsolute", 100);
    if (percentage < 0 || percentage > 100) {
      args.problem("minCandidateNodesPercentage", "Invalid value: " + percentage + ": not in valid range [0, 100]");
    }
    if (absolute < 0) {
      args.problem("minCandidateNodesAbsolute", "Invalid value: " + absolute + ": not in valid range [0, inf)");
    }
    if (percentage == 0 && absolute == 0) {
      args.problem("minCandidateNodesPercentage", "Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute");
      args.problem("minCandidateNodesAbsolute", "Invalid value: 0: cannot be zero at the same time as minCandidateNodesPercentage");
    }
  }

  private static void dynamicResources(ConfigNode args) {
    Duration filter = args.duration("filterTimeout", Duration.ZERO);
    Duration binding = args.duration("bindingTimeout", Duration.ofMinutes(10));
    if (filter.isNegative()) {
      args.problem("filterTimeout", "Invalid value: \"" + GoDuration.format(filter) + "\": must be zero or positive");
    }
    if (binding.compareTo(Duration.ofSeconds(1)) < 0) {
      args.problem("bindingTimeout", "Invalid value: \"" + GoDuration.format(binding) + "\": must be at least 1 second");
    }
  }

  private static void interPodAffinity(ConfigNode args) {
    int weight = args.integer("hardPodAffinityWeight", 1);
    if (weight < 0 || weight > 100) {
      args.problem("hardPodAffinityWeight", "Invalid value: " + weight + ": not in valid range [0, 100]");
    }
  }

  private static void volumeBinding(ConfigNode args) {
    long seconds = args.integer("bindTimeoutSeconds").orElse(600L);
    if (seconds < 0) {
      args.problem("bindTimeoutSeconds", "Invalid value: " + seconds + ": invalid BindTimeoutSeconds, should not be a negative value");
    }
    if (args.has("shape")) {
      String shape = args.objects("shape").stream()
          .map(p -> "{\"Utilization\":" + p.integer("utilization", 0) + ",\"Score\":" + p.integer("score", 0) + "}")
          .collect(Collectors.joining(",", "[", "]"));
      args.problem("shape",
          "Invalid value: " + shape + ": unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring");
    }
  }

  private static void balancedAllocation(ConfigNode args) {
    Set<String> seen = new HashSet<>();
    for (ConfigNode r : args.objects("resources")) {
      if (!seen.add(r.string("name", ""))) {
        r.problem("name", "Duplicate value: \"" + r.string("name", "") + "\"");
      }
      long weight = weight(r);
      if (weight != 1) {
        r.problem("weight", "Invalid value: " + weight + ": must be 1");
      }
    }
  }

  private static long weight(ConfigNode resource) {
    return resource.integer("weight").filter(w -> w != 0).orElse(1L);
  }

  private static void spreading(ConfigNode args) {
    String type = args.string("defaultingType").filter(t -> !t.isEmpty()).orElse("System");
    List<ConfigNode> constraints = args.objects("defaultConstraints");
    if (!type.equals("System") && !type.equals("List")) {
      args.problem("defaultingType", "Unsupported value: \"" + type + "\": supported values: \"System\", \"List\"");
    } else if (type.equals("System") && !constraints.isEmpty()) {
      args.problem("defaultingType", "Invalid value: \"System\": when .defaultConstraints are not empty");
    }
    Set<String> seen = new HashSet<>();
    for (ConfigNode c : constraints) {
      constraint(c);
      String pair = "{" + c.string("topologyKey", "") + ", " + c.string(WHEN, "") + "}";
      if (!seen.add(pair)) {
        c.problem("Duplicate value: \"" + pair + "\"");
      }
    }
  }

  private static void constraint(ConfigNode c) {
    int maxSkew = c.integer("maxSkew", 0);
    if (maxSkew <= 0) {
      c.problem("maxSkew", "Invalid value: " + maxSkew + ": not in valid range (0, inf)");
    }
    String key = c.string("topologyKey", "");
    if (key.isEmpty()) {
      c.problem("topologyKey", "Required value: can not be empty");
    } else {
      LabelSyntax.keyErrors(key).forEach(e -> c.problem("topologyKey", "Invalid value: \"" + key + "\": " + e));
    }
    String when = c.string(WHEN, "");
    if (when.isEmpty()) {
      c.problem(WHEN, "Required value: can not be empty");
    } else if (!when.equals("DoNotSchedule") && !when.equals("ScheduleAnyway")) {
      c.problem(WHEN, "Unsupported value: \"" + when + "\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\"");
    }
    if (c.has("labelSelector")) {
      c.problem("labelSelector", "Forbidden: constraint must not define a selector, as they deduced for each pod");
    }
  }

  private static void nodeAffinity(ConfigNode affinity) {
    affinity.object("requiredDuringSchedulingIgnoredDuringExecution").objects("nodeSelectorTerms").forEach(PluginArgs::term);
    for (ConfigNode p : affinity.objects("preferredDuringSchedulingIgnoredDuringExecution")) {
      if (p.integer("weight", 0) != 0) {
        term(p.inlined("preference")); // as native names them
      }
    }
  }

  private static void term(ConfigNode term) {
    term.objects("matchExpressions").forEach(PluginArgs::expression);
    term.objects("matchFields").forEach(PluginArgs::field);
  }

  private static void expression(ConfigNode e) {
    List<String> values = e.strings("values");
    String key = e.string("key", "");
    String operator = e.string("operator", "");
    Set<String> known = Set.of("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt");
    if (!known.contains(operator)) {
      e.problem("operator", "Unsupported value: \"" + operator
          + "\": supported values: \"In\", \"NotIn\", \"Exists\", \"DoesNotExist\", \"Gt\", \"Lt\"");
      return;
    }
    LabelSyntax.keyErrors(key).forEach(x -> e.problem("key", "Invalid value: \"" + key + "\": " + x));
    switch (operator) {
      case "In", "NotIn" -> {
        if (values.isEmpty()) {
          e.problem("values", "Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!values.isEmpty()) {
          e.problem("values", "Invalid value: " + json(values) + ": values set must be empty for exists and does not exist");
        }
      }
      default -> number(e, values);
    }
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      int at = i;
      LabelSyntax.valueErrors(value).forEach(x -> e.problem("values[" + at + "]", "Invalid value: \"" + value + "\": " + x));
    }
  }

  private static void number(ConfigNode e, List<String> values) {
    if (values.size() != 1) {
      e.problem("values", "Invalid value: " + json(values) + ": for 'Gt', 'Lt' operators, exactly one value is required");
    }
    for (int i = 0; i < values.size(); i++) {
      if (!values.get(i).matches("[+-]?[0-9]{1,19}")) {
        e.problem("values[" + i + "]", "Invalid value: \"" + values.get(i) + "\": for 'Gt', 'Lt' operators, the value must be an integer");
      }
    }
  }

  private static void field(ConfigNode f) {
    List<String> values = f.strings("values");
    String operator = f.string("operator", "");
    if (!operator.equals("In") && !operator.equals("NotIn")) {
      f.problem("operator", "Unsupported value: \"" + operator + "\": supported values: \"In\", \"NotIn\"");
    } else if (values.size() != 1) {
      f.problem("values", "Invalid value: " + json(values) + ": must have one element");
    }
  }

  private static String json(List<String> values) {
    return values.stream().map(v -> "\"" + v + "\"").collect(Collectors.joining(",", "[", "]"));
  }
}
