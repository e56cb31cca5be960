package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;
import java.util.Objects;

/** The kind Deployment. (Source: registry/apps/deployment/strategy.go of native.) */
public final class Deployments implements Kind {

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    spec.fill("replicas", 1L);
    Tree strategy = spec.need("strategy");
    if (strategy.string("type").isEmpty()) {
      strategy.set("type", "RollingUpdate");
    }
    if (strategy.string("type").equals("RollingUpdate")) {
      Tree rolling = strategy.need("rollingUpdate");
      rolling.fill("maxUnavailable", "25%");
      rolling.fill("maxSurge", "25%");
    }
    spec.fill("revisionHistoryLimit", 10L);
    spec.fill("progressDeadlineSeconds", 600L);
    PodDefaults.ofTemplateIn(spec);
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  /** Annotations count as well: they are copied to the replica sets. */
  @Override
  public boolean sameDesiredState(Tree object, Tree old) {
    return Kind.super.sameDesiredState(object, old)
        && Objects.equals(object.tree("metadata").tree("annotations"), old.tree("metadata").tree("annotations"));
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.DEPLOYMENTS;
  }
}
