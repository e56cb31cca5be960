package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.kinds.pod.PodWarnings;
import io.kubrig.apiserver.kinds.pod.Scope;
import io.kubrig.apiserver.kinds.pod.WorkloadRules;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Objects;

/** The kind DaemonSet. (Source: registry/apps/daemonset/strategy.go of native.) */
public final class DaemonSets implements Workload {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private static final List<String> COUNTERS =
      List.of(
          "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady", "observedGeneration",
          "updatedNumberScheduled", "numberAvailable", "numberUnavailable", "collisionCount");

  private final Scope scope;

  /** @param allowPrivileged whether containers may be privileged */
  public DaemonSets(boolean allowPrivileged) {
    scope = new Scope(false, allowPrivileged);
  }
  /** Counts changes of the template: a field of old, kept as an annotation. */
  private static final String TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

  @Override
  public void applyDefaults(Tree object, String version) {
    object.need("metadata").need("annotations").fill(TEMPLATE_GENERATION, "0");
    Tree spec = object.need("spec");
    Tree strategy = spec.need("updateStrategy");
    if (strategy.string("type").isEmpty()) {
      strategy.set("type", "RollingUpdate");
    }
    if (strategy.string("type").equals("RollingUpdate")) {
      Tree rolling = strategy.need("rollingUpdate");
      rolling.fill("maxUnavailable", 1L);
      rolling.fill("maxSurge", 0L);
    }
    spec.fill("revisionHistoryLimit", 10L);
    PodDefaults.ofTemplateIn(spec);
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    Workload.super.prepareForCreate(object, operation);
    setTemplateGeneration(object, 1);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    Workload.super.prepareForUpdate(object, old, operation);
    boolean sameTemplate = Objects.equals(object.tree("spec").get("template"), old.tree("spec").get("template"));
    setTemplateGeneration(object, templateGeneration(old) + (sameTemplate ? 0 : 1));
  }

  @Override
  public void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {
    setTemplateGeneration(object, templateGeneration(old));
  }

  private static void setTemplateGeneration(Tree object, long generation) {
    object.need("metadata").need("annotations").set(TEMPLATE_GENERATION, Long.toString(generation));
  }

  private static long templateGeneration(Tree object) {
    try {
      return Long.parseLong(object.tree("metadata").tree("annotations").string(TEMPLATE_GENERATION));
    } catch (NumberFormatException e) {
      return 0; // as native reads an object without it
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    return PodWarnings.ofOwner(object, old, false);
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Tree template = spec.tree("template");
    FieldPath templatePath = SPEC.child("template");
    if (spec.get("selector") instanceof Tree selector) {
      Selectors.check(selector, SPEC.child("selector"), errors);
      WorkloadRules.parsed(selector).ifPresent(parsed -> WorkloadRules.matches(parsed, template, templatePath, errors));
      if (Selectors.isEmpty(selector)) {
        errors.invalid(SPEC.child("selector"), selector, "empty selector is invalid for daemonset");
      }
    } else {
      WorkloadRules.matches(LabelSelector.nothing(), template, templatePath, errors);
    }
    WorkloadRules.endlessTemplate(template, "DaemonSet", scope, templatePath, errors);
    Checks.nonNegative(spec, "minReadySeconds", SPEC, errors);
    Checks.nonNegative(spec, "revisionHistoryLimit", SPEC, errors);
    updateStrategy(spec.tree("updateStrategy"), SPEC.child("updateStrategy"), errors);
  }

  private static void updateStrategy(Tree strategy, FieldPath path, FieldErrors errors) {
    switch (strategy.string("type")) {
      case "OnDelete" -> {}
      case "RollingUpdate" -> rollingUpdate(strategy.tree("rollingUpdate"), path.child("rollingUpdate"), errors);
      default -> {
        errors.notSupported(path, InternalForm.of("apps.DaemonSetUpdateStrategy", strategy), List.of("RollingUpdate", "OnDelete"));
      }
    }
  }

  private static void rollingUpdate(Tree rolling, FieldPath path, FieldErrors errors) {
    WorkloadRules.amountOrPercent(rolling, "maxUnavailable", path, errors);
    WorkloadRules.amountOrPercent(rolling, "maxSurge", path, errors);
    boolean removes = WorkloadRules.value(rolling, "maxUnavailable") != 0;
    boolean adds = WorkloadRules.value(rolling, "maxSurge") != 0;
    if (removes && adds) {
      errors.invalid(path.child("maxSurge"), rolling.get("maxSurge"), "may not be set when maxUnavailable is non-zero");
    } else if (!removes && !adds) {
      errors.required(path.child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
    }
    WorkloadRules.atMostAll(rolling, "maxUnavailable", path, errors);
    WorkloadRules.atMostAll(rolling, "maxSurge", path, errors);
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    MetadataRules.immutable(object.tree("spec").get("selector"), old.tree("spec").get("selector"), SPEC.child("selector"), errors);
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    for (String counter : COUNTERS) {
      Checks.nonNegative(object.tree("status"), counter, FieldPath.of("status"), errors);
    }
    WorkloadRules.notDecremented(object.tree("status"), old.tree("status"), "collisionCount", errors);
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.DAEMON_SETS;
  }
}
