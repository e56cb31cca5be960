package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;
import java.util.Objects;

/** The kind DaemonSet. (Source: registry/apps/daemonset/strategy.go of native.) */
public final class DaemonSets implements Kind {
  /** Counts changes of the template: a field of old, kept as an annotation. */
  private static final String TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

  @Override
  public void applyDefaults(Tree object, String version) {
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
    setTemplateGeneration(object, 1);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
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
  public boolean hasStatus() {
    return true;
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.DAEMON_SETS;
  }
}
