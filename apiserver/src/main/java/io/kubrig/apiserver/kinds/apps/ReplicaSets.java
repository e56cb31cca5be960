package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;

/** The kind ReplicaSet. (Source: registry/apps/replicaset/strategy.go of native.) */
public final class ReplicaSets implements Kind {

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    spec.fill("replicas", 1L);
    PodDefaults.ofTemplateIn(spec);
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.REPLICA_SETS;
  }
}
