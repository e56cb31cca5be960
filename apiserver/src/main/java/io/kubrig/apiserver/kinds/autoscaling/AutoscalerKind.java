package io.kubrig.apiserver.kinds.autoscaling;

import io.kubrig.apiserver.kinds.pod.ResourceRules;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Numbers;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Horizontal pod autoscalers in v1 and v2. (Source: pkg/apis/autoscaling.) */
public final class AutoscalerKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> TYPES = List.of("ContainerResource", "External", "Object", "Pods", "Resource");
  private static final int SHOWN = 2;

  private static final TableColumns COLUMNS =
      Columns.of(
          AutoscalerKind::row,
          Columns.NAME,
          Columns.text("Reference", "scaleTargetRef points to the target resource to scale."),
          Columns.text("Targets", "metrics contains the specifications for which to use to calculate the desired replica count."),
          Columns.text("MinPods", "minReplicas is the lower limit for the number of replicas to which the autoscaler can scale down."),
          Columns.text("MaxPods", "maxReplicas is the upper limit for the number of replicas to which the autoscaler can scale up."),
          Columns.text("Replicas", "currentReplicas is current number of replicas of pods managed by this autoscaler."),
          Columns.AGE);

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public boolean countsGenerations() {
    return false;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    AutoscalerDefaults.apply(object, version);
  }

  @Override
  public Tree convert(Tree object, String fromApiVersion, String toApiVersion) {
    return AutoscalerForms.convert(object, fromApiVersion, toApiVersion);
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    if (operation.verb() == Operation.Verb.CREATE) {
      spec(current(object), Tree.empty(), errors);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    spec(current(object), current(old), errors);
  }

  private static Tree current(Tree object) {
    return AutoscalerForms.convert(object.copy(), object.string("apiVersion"), "autoscaling/v2").tree("spec");
  }

  /** @param old the spec before an update, empty on create: what it says already is not complained about */
  private static void spec(Tree spec, Tree old, FieldErrors errors) {
    long min = spec.integer("minReplicas", 1);
    long max = spec.integer("maxReplicas");
    long least = old.integer("minReplicas", 1) == 0 ? 0 : 1;
    if (spec.get("minReplicas") != null && min < least) {
      errors.invalid(SPEC.child("minReplicas"), min, "must be greater than or equal to " + least);
    }
    if (max < 0) {
      errors.invalid(SPEC.child("maxReplicas"), max, "must be greater than or equal to 1");
    } else if (max == 0) {
      errors.required(SPEC.child("maxReplicas"), "must be set and greater than 0");
    }
    if (max < min) {
      errors.invalid(SPEC.child("maxReplicas"), max, "must be greater than or equal to `minReplicas`");
    }
    Tree target = spec.tree("scaleTargetRef");
    Tree before = old.tree("scaleTargetRef");
    boolean sameTarget = !old.isEmpty() &&
        target.string("apiVersion").equals(before.string("apiVersion")) && target.string("kind").equals(before.string("kind"));
    reference(target, SPEC.child("scaleTargetRef"), errors);
    if (!sameTarget) {
      version(target, target.string("kind").equals("ReplicationController"), SPEC.child("scaleTargetRef"), errors);
    }
    List<Tree> metrics = spec.trees("metrics");
    for (int i = 0; i < metrics.size(); i++) {
      metric(metrics.get(i), SPEC.child("metrics").index(i), errors);
    }
    boolean scalesToZero = metrics.stream().anyMatch(metric -> List.of("Object", "External").contains(metric.string("type")));
    if (spec.get("minReplicas") != null && min == 0 && !scalesToZero) {
      errors.forbidden(SPEC.child("metrics"), "must specify at least one Object or External metric to support scaling to zero replicas");
    }
    Tree behavior = spec.tree("behavior");
    for (String member : List.of("scaleUp", "scaleDown")) {
      if (behavior.get(member) instanceof Tree rules) {
        rules(rules, SPEC.child("behavior", member), errors);
      }
    }
  }

  private static void reference(Tree reference, FieldPath path, FieldErrors errors) {
    for (String member : List.of("kind", "name")) {
      String value = reference.string(member);
      if (value.isEmpty()) {
        errors.required(path.child(member), "");
      } else {
        Names.pathSegment(value, false).forEach(text -> errors.invalid(path.child(member), value, text));
      }
    }
  }

  /** @param coreAllowed whether the reference may be to the group without a name */
  private static void version(Tree reference, boolean coreAllowed, FieldPath path, FieldErrors errors) {
    String version = reference.string("apiVersion");
    if (version.chars().filter(c -> c == '/').count() > 1) {
      errors.invalid(path.child("apiVersion"), version, "unexpected GroupVersion string: " + version);
    } else if (!coreAllowed && version.indexOf('/') <= 0) {
      errors.invalid(path.child("apiVersion"), version, "apiVersion must specify API group");
    }
  }

  private static void metric(Tree metric, FieldPath path, FieldErrors errors) {
    String type = metric.string("type");
    if (type.isEmpty()) {
      errors.required(path.child("type"), "must specify a metric source type");
    }
    if (!TYPES.contains(type)) {
      errors.notSupported(path.child("type"), type, TYPES);
    }
    ORDER.stream()
        .filter(member -> metric.get(member) instanceof Tree)
        .findFirst()
        .ifPresent(member -> source(metric.tree(member), member, path.child(member), errors));
    String own = MetricSources.MEMBERS.get(type);
    if (own == null) {
      errors.notSupported(path.child("type"), type, TYPES);
    } else if (!(metric.get(own) instanceof Tree)) {
      errors.required(path.child(own), "must populate information for the given metric source");
    }
    List<String> present = MetricSources.MEMBERS.values().stream().filter(member -> metric.get(member) != null).sorted().toList();
    if (present.size() != 1) {
      present.stream()
          .filter(other -> !other.equals(own))
          .forEach(other -> errors.forbidden(path.child(other), "must populate the given metric source only"));
    }
  }

  private static void source(Tree source, String member, FieldPath path, FieldErrors errors) {
    FieldPath at = path.child("target");
    Tree target = source.tree("target");
    boolean value = target.get("value") != null;
    boolean average = target.get("averageValue") != null;
    boolean utilization = target.get("averageUtilization") != null;
    switch (member) {
      case "object" -> {
        reference(source.tree("describedObject"), path.child("describedObject"), errors);
        version(source.tree("describedObject"), true, path.child("describedObject"), errors);
        identifier(source.tree("metric"), path.child("metric"), errors);
        target(target, at, errors);
        if (!value && !average) {
          errors.required(at.child("averageValue"), "must set either a target value or averageValue");
        }
      }
      case "external" -> {
        identifier(source.tree("metric"), path.child("metric"), errors);
        target(target, at, errors);
        if (!value && !average) {
          errors.required(at.child("averageValue"), "must set either a target value for metric or a per-pod target");
        }
        if (value && average) {
          errors.forbidden(at.child("value"), "may not set both a target value for metric and a per-pod target");
        }
      }
      case "pods" -> {
        identifier(source.tree("metric"), path.child("metric"), errors);
        target(target, at, errors);
        if (!average) {
          errors.required(at.child("averageValue"), "must specify a positive target averageValue");
        }
      }
      default -> {
        String name = source.string("name");
        if (name.isEmpty()) {
          errors.required(path.child("name"), "must specify a resource name");
        } else if (member.equals("containerResource")) {
          ResourceRules.containerResourceName(name, path.child("name"), errors);
        }
        String container = source.string("container");
        if (member.equals("containerResource") && container.isEmpty()) {
          errors.required(path.child("container"), "must specify a container");
        } else if (member.equals("containerResource")) {
          Names.dnsLabel(container).forEach(text -> errors.invalid(path.child("container"), container, text));
        }
        target(target, at, errors);
        if (!utilization && !average) {
          errors.required(at.child("averageUtilization"), "must set either a target raw value or a target utilization");
        }
        if (utilization && average) {
          errors.forbidden(at.child("averageValue"), "may not set both a target raw value and a target utilization");
        }
      }
    }
  }

  private static void identifier(Tree metric, FieldPath path, FieldErrors errors) {
    String name = metric.string("name");
    if (name.isEmpty()) {
      errors.required(path.child("name"), "must specify a metric name");
    } else {
      Names.pathSegment(name, false).forEach(text -> errors.invalid(path.child("name"), name, text));
    }
  }

  private static void target(Tree target, FieldPath path, FieldErrors errors) {
    String type = target.string("type");
    if (type.isEmpty()) {
      errors.required(path.child("type"), "must specify a metric target type");
    }
    if (!List.of("Utilization", "Value", "AverageValue").contains(type)) {
      errors.invalid(path.child("type"), type, "must be either Utilization, Value, or AverageValue");
    }
    for (String member : List.of("value", "averageValue")) {
      io.kubrig.apiserver.validation.Quantities.of(target, member)
          .filter(amount -> amount.sign() <= 0)
          .ifPresent(amount -> errors.invalid(path.child(member), amount.toString(), "must be positive"));
    }
    if (target.get("averageUtilization") instanceof Long utilization && utilization < 1) {
      errors.invalid(path.child("averageUtilization"), utilization, "must be greater than 0");
    }
  }

  private static void rules(Tree rules, FieldPath path, FieldErrors errors) {
    if (rules.integer("stabilizationWindowSeconds") < 0) {
      errors.invalid(
          path.child("stabilizationWindowSeconds"), rules.integer("stabilizationWindowSeconds"), "must be greater than or equal to zero");
    }
    if (rules.integer("stabilizationWindowSeconds") > 3600) {
      errors.invalid(
          path.child("stabilizationWindowSeconds"), rules.integer("stabilizationWindowSeconds"), "must be less than or equal to 3600");
    }
    String select = rules.string("selectPolicy");
    if (rules.get("selectPolicy") != null && !List.of("Disabled", "Max", "Min").contains(select)) {
      errors.notSupported(path.child("selectPolicy"), select, List.of("Disabled", "Max", "Min"));
    }
    List<Tree> policies = rules.trees("policies");
    if (policies.isEmpty()) {
      errors.required(path.child("policies"), "must specify at least one Policy");
    }
    for (int i = 0; i < policies.size(); i++) {
      FieldPath at = path.child("policies").index(i);
      String type = policies.get(i).string("type");
      if (!List.of("Percent", "Pods").contains(type)) {
        errors.notSupported(at.child("type"), type, List.of("Percent", "Pods"));
      }
      for (String member : List.of("value", "periodSeconds")) {
        if (policies.get(i).integer(member) <= 0) {
          errors.invalid(at.child(member), policies.get(i).integer(member), "must be greater than zero");
        }
      }
      if (policies.get(i).integer("periodSeconds") > 1800) {
        errors.invalid(at.child("periodSeconds"), policies.get(i).integer("periodSeconds"), "must be less than or equal to 1800");
      }
    }
    io.kubrig.apiserver.validation.Quantities.of(rules, "tolerance")
        .ifPresent(tolerance -> io.kubrig.apiserver.validation.Quantities.nonNegative(tolerance, path.child("tolerance"), errors));
  }

  /** The order in which native looks at the sources of a metric: the first that is there is checked. */
  private static final List<String> ORDER = List.of("object", "external", "pods", "resource", "containerResource");

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree status = object.tree("status");
    Numbers.nonNegative(status, "currentReplicas", FieldPath.of("status"), errors);
    Numbers.nonNegative(status, "desiredReplicas", FieldPath.of("status"), errors);
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree object, Instant now) {
    Tree autoscaler = AutoscalerForms.convert(object.copy(), object.string("apiVersion"), "autoscaling/v2");
    Tree spec = autoscaler.tree("spec");
    Tree reference = spec.tree("scaleTargetRef");
    return Columns.row(
        Columns.name(object),
        reference.string("kind") + "/" + reference.string("name"),
        targets(spec.trees("metrics"), autoscaler.tree("status").trees("currentMetrics")),
        spec.get("minReplicas") == null ? "<unset>" : Long.toString(spec.integer("minReplicas")),
        spec.integer("maxReplicas"),
        autoscaler.tree("status").integer("currentReplicas"),
        Columns.age(object, now));
  }

  private static String targets(List<Tree> metrics, List<Tree> current) {
    if (metrics.isEmpty()) {
      return "<none>";
    }
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < metrics.size(); i++) {
      shown.add(target(metrics.get(i), i < current.size() ? current.get(i) : Tree.empty()));
    }
    String text = String.join(", ", shown.subList(0, Math.min(SHOWN, shown.size())));
    return shown.size() > SHOWN ? text + " + " + (shown.size() - SHOWN) + " more..." : text;
  }

  private static String target(Tree metric, Tree current) {
    String member = MetricSources.member(metric.string("type"));
    Tree source = metric.tree(member);
    Tree target = source.tree("target");
    Tree now = current.tree(member).tree("current");
    String name = member.equals("resource") || member.equals("containerResource") ? source.string("name") + ": " : "";
    if (target.get("averageUtilization") instanceof Long utilization) {
      String used = now.get("averageUtilization") instanceof Long value ? value + "%" : "<unknown>";
      return name + used + "/" + utilization + "%";
    }
    if (target.get("averageValue") != null) {
      String suffix = member.equals("object") || member.equals("external") ? " (avg)" : "";
      return name + now.string("averageValue", "<unknown>") + "/" + target.string("averageValue") + suffix;
    }
    return name + now.string("value", "<unknown>") + "/" + target.string("value");
  }
}
