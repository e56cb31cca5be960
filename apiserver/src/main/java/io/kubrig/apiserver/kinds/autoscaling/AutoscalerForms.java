package io.kubrig.apiserver.kinds.autoscaling;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The two forms of an autoscaler. What v1 has no members for travels in annotations: other metrics, current metrics, conditions, behaviour.
 * (Source: pkg/apis/autoscaling/v1/conversion.go.)
 */
final class AutoscalerForms {
  private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";
  private static final String METRICS = PREFIX + "metrics";
  private static final String CURRENT = PREFIX + "current-metrics";
  private static final String CONDITIONS = PREFIX + "conditions";
  private static final String BEHAVIOR = PREFIX + "behavior";
  private static final String UTILIZATION = "targetCPUUtilizationPercentage";

  private AutoscalerForms() {}

  static Tree convert(Tree object, String from, String to) {
    if (from.equals(to)) {
      return object;
    }
    return to.endsWith("/v1") ? toV1(object) : toV2(object);
  }

  // ---- to v1 ---------------------------------------------------------------------------------------------------------

  private static Tree toV1(Tree object) {
    Tree made = Tree.of("kind", object.string("kind"), "apiVersion", "autoscaling/v1", "metadata", object.tree("metadata").copy());
    Map<String, String> annotations = new LinkedHashMap<>();
    Tree spec = object.tree("spec");
    Tree target = Tree.of("scaleTargetRef", spec.get("scaleTargetRef"));
    copy(spec, target, "minReplicas", "maxReplicas");
    List<Object> others = new ArrayList<>();
    for (Tree metric : spec.trees("metrics")) {
      Optional<Long> utilization = cpuUtilization(metric);
      if (utilization.isPresent()) {
        target.set(UTILIZATION, utilization.get());
      } else {
        others.add(metricToV1(metric));
      }
    }
    if (!others.isEmpty()) {
      annotations.put(METRICS, Json.text(others));
    }
    if (spec.get("behavior") instanceof Tree behavior) {
      annotations.put(BEHAVIOR, Json.text(behaviorToText(behavior)));
    }
    made.set("spec", target);
    made.set("status", statusToV1(object.tree("status"), annotations));
    if (!annotations.isEmpty()) {
      Tree stored = made.need("metadata").need("annotations");
      annotations.forEach(stored::set);
    }
    return made;
  }

  private static Optional<Long> cpuUtilization(Tree metric) {
    Tree resource = metric.tree("resource");
    return metric.string("type").equals("Resource")
            && resource.string("name").equals("cpu")
            && resource.tree("target").get("averageUtilization") instanceof Long utilization
        ? Optional.of(utilization)
        : Optional.empty();
  }

  private static Tree statusToV1(Tree status, Map<String, String> annotations) {
    Tree made = new Tree();
    copy(status, made, "observedGeneration", "lastScaleTime");
    made.set("currentReplicas", status.integer("currentReplicas"));
    made.set("desiredReplicas", status.integer("desiredReplicas"));
    List<Object> current = new ArrayList<>();
    for (Tree metric : status.trees("currentMetrics")) {
      if (metric.tree("resource").string("name").equals("cpu")
          && metric.tree("resource").tree("current").get("averageUtilization") instanceof Long used) {
        made.set("currentCPUUtilizationPercentage", used);
      }
      current.add(currentToV1(metric));
    }
    if (!current.isEmpty()) {
      annotations.put(CURRENT, Json.text(current));
    }
    if (!status.list("conditions").isEmpty()) {
      annotations.put(CONDITIONS, Json.text(status.list("conditions")));
    }
    return made;
  }

  private static Tree metricToV1(Tree metric) {
    String member = MetricSources.member(metric.string("type"));
    Tree source = metric.tree(member);
    Tree target = source.tree("target");
    Tree made = new Tree();
    switch (member) {
      case "object" -> {
        made.set("target", source.get("describedObject"));
        made.set("metricName", source.tree("metric").string("name"));
        made.set("targetValue", target.string("value", "0"));
        move(source.tree("metric"), "selector", made, "selector");
        move(target, "averageValue", made, "averageValue");
      }
      case "pods" -> {
        made.set("metricName", source.tree("metric").string("name"));
        made.set("targetAverageValue", target.string("averageValue", "0"));
        move(source.tree("metric"), "selector", made, "selector");
      }
      case "external" -> {
        made.set("metricName", source.tree("metric").string("name"));
        move(source.tree("metric"), "selector", made, "metricSelector");
        move(target, "value", made, "targetValue");
        move(target, "averageValue", made, "targetAverageValue");
      }
      default -> {
        made.set("name", source.string("name"));
        move(target, "averageUtilization", made, "targetAverageUtilization");
        move(target, "averageValue", made, "targetAverageValue");
        move(source, "container", made, "container");
      }
    }
    return Tree.of("type", metric.string("type"), member, made);
  }

  private static Tree currentToV1(Tree metric) {
    String member = MetricSources.member(metric.string("type"));
    Tree source = metric.tree(member);
    Tree current = source.tree("current");
    Tree made = new Tree();
    switch (member) {
      case "object" -> {
        made.set("target", source.get("describedObject"));
        made.set("metricName", source.tree("metric").string("name"));
        made.set("currentValue", current.string("value", "0"));
        move(source.tree("metric"), "selector", made, "selector");
        move(current, "averageValue", made, "averageValue");
      }
      case "pods" -> {
        made.set("metricName", source.tree("metric").string("name"));
        made.set("currentAverageValue", current.string("averageValue", "0"));
        move(source.tree("metric"), "selector", made, "selector");
      }
      case "external" -> {
        made.set("metricName", source.tree("metric").string("name"));
        move(source.tree("metric"), "selector", made, "metricSelector");
        made.set("currentValue", current.string("value", "0"));
        move(current, "averageValue", made, "currentAverageValue");
      }
      default -> {
        made.set("name", source.string("name"));
        move(current, "averageUtilization", made, "currentAverageUtilization");
        made.set("currentAverageValue", current.string("averageValue", "0"));
        move(source, "container", made, "container");
      }
    }
    return Tree.of("type", metric.string("type"), member, made);
  }

  /** Behaviour as native writes its internal type: names begin with capitals, everything is there. */
  private static Tree behaviorToText(Tree behavior) {
    return Tree.of("ScaleUp", rulesToText(behavior.get("scaleUp")), "ScaleDown", rulesToText(behavior.get("scaleDown")));
  }

  private static Tree rulesToText(Object value) {
    if (!(value instanceof Tree rules)) {
      return null;
    }
    List<Object> policies = new ArrayList<>();
    for (Tree policy : rules.trees("policies")) {
      policies.add(
          Tree.of("Type", policy.string("type"), "Value", policy.integer("value"), "PeriodSeconds", policy.integer("periodSeconds")));
    }
    return Tree.of(
        "StabilizationWindowSeconds", rules.get("stabilizationWindowSeconds"),
        "SelectPolicy", rules.get("selectPolicy"),
        "Policies", policies,
        "Tolerance", rules.get("tolerance"));
  }

  // ---- to v2 ---------------------------------------------------------------------------------------------------------

  private static Tree toV2(Tree object) {
    Tree made = Tree.of("kind", object.string("kind"), "apiVersion", "autoscaling/v2", "metadata", object.tree("metadata").copy());
    Map<String, String> annotations = object.tree("metadata").stringMap("annotations");
    Tree spec = object.tree("spec");
    Tree target = Tree.of("scaleTargetRef", spec.get("scaleTargetRef"));
    copy(spec, target, "minReplicas", "maxReplicas");
    List<Object> metrics = new ArrayList<>();
    list(annotations.get(METRICS)).forEach(metric -> metrics.add(metricToV2(metric)));
    if (spec.get(UTILIZATION) instanceof Long utilization) {
      metrics.add(AutoscalerDefaults.cpu(utilization));
    }
    target.set("metrics", metrics.isEmpty() ? new ArrayList<Object>(List.of(AutoscalerDefaults.cpu(AutoscalerDefaults.UTILIZATION)))
        : metrics);
    if (annotations.get(BEHAVIOR) != null && Json.read(annotations.get(BEHAVIOR)) instanceof Tree behavior) {
      Tree rules = new Tree();
      textToRules(behavior, "ScaleUp", rules, "scaleUp");
      textToRules(behavior, "ScaleDown", rules, "scaleDown");
      target.set("behavior", rules);
    }
    made.set("spec", target);
    made.set("status", statusToV2(object.tree("status"), annotations));
    if (!annotations.isEmpty()) {
      Tree stored = made.need("metadata").need("annotations");
      List.of(METRICS, CURRENT, CONDITIONS, BEHAVIOR).forEach(stored::remove);
      if (stored.isEmpty()) {
        made.need("metadata").remove("annotations");
      }
    }
    return made;
  }

  private static Tree statusToV2(Tree status, Map<String, String> annotations) {
    Tree made = new Tree();
    copy(status, made, "observedGeneration", "lastScaleTime");
    if (status.integer("currentReplicas") != 0) {
      made.set("currentReplicas", status.integer("currentReplicas"));
    }
    made.set("desiredReplicas", status.integer("desiredReplicas"));
    List<Object> current = new ArrayList<>();
    list(annotations.get(CURRENT)).forEach(metric -> current.add(currentToV2(metric)));
    if (current.isEmpty() && status.get("currentCPUUtilizationPercentage") instanceof Long used) {
      Tree resource = Tree.of("name", "cpu", "current", Tree.of("averageUtilization", used));
      current.add(Tree.of("type", "Resource", "resource", resource));
    }
    made.set("currentMetrics", current.isEmpty() ? null : current);
    List<Tree> conditions = list(annotations.get(CONDITIONS));
    if (!conditions.isEmpty()) {
      made.set("conditions", new ArrayList<Object>(conditions));
    }
    return made;
  }

  private static List<Tree> list(String json) {
    return json == null || !(Json.read(json) instanceof List<?> list) ? List.of() : Tree.of("list", list).trees("list");
  }

  private static Tree metricToV2(Tree metric) {
    String member = MetricSources.member(metric.string("type"));
    Tree source = metric.tree(member);
    Tree target = new Tree();
    Tree made = new Tree();
    boolean average = source.has("targetAverageValue") || source.has("averageValue");
    target.set("type", source.has("targetAverageUtilization") ? "Utilization" : average ? "AverageValue" : "Value");
    if (!average) {
      move(source, "targetValue", target, "value");
    }
    move(source, "averageValue", target, "averageValue");
    move(source, "targetAverageValue", target, "averageValue");
    move(source, "targetAverageUtilization", target, "averageUtilization");
    identity(source, member, made);
    return Tree.of("type", metric.string("type"), member, made.set("target", target));
  }

  private static Tree currentToV2(Tree metric) {
    String member = MetricSources.member(metric.string("type"));
    Tree source = metric.tree(member);
    Tree current = new Tree();
    Tree made = new Tree();
    move(source, "currentValue", current, "value");
    move(source, "averageValue", current, "averageValue");
    move(source, "currentAverageValue", current, "averageValue");
    move(source, "currentAverageUtilization", current, "averageUtilization");
    identity(source, member, made);
    return Tree.of("type", metric.string("type"), member, made.set("current", current));
  }

  private static void identity(Tree source, String member, Tree made) {
    switch (member) {
      case "object", "pods", "external" -> {
        move(source, "target", made, "describedObject");
        Tree metric = Tree.of("name", source.string("metricName"));
        move(source, "selector", metric, "selector");
        move(source, "metricSelector", metric, "selector");
        made.set("metric", metric);
      }
      default -> {
        made.set("name", source.string("name"));
        move(source, "container", made, "container");
      }
    }
  }

  private static void textToRules(Tree behavior, String name, Tree rules, String member) {
    if (!(behavior.get(name) instanceof Tree text)) {
      return;
    }
    Tree made = new Tree();
    move(text, "StabilizationWindowSeconds", made, "stabilizationWindowSeconds");
    move(text, "SelectPolicy", made, "selectPolicy");
    List<Object> policies = new ArrayList<>();
    for (Tree policy : text.trees("Policies")) {
      policies.add(
          Tree.of("type", policy.string("Type"), "value", policy.integer("Value"), "periodSeconds", policy.integer("PeriodSeconds")));
    }
    made.set("policies", policies);
    move(text, "Tolerance", made, "tolerance");
    rules.set(member, made);
  }

  private static void copy(Tree from, Tree to, String... members) {
    for (String member : members) {
      move(from, member, to, member);
    }
  }

  private static void move(Tree from, String name, Tree to, String newName) {
    if (from.get(name) != null) {
      to.set(newName, from.get(name));
    }
  }
}
