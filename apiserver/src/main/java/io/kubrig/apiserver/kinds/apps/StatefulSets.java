package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;

/** The kind StatefulSet. (Source: registry/apps/statefulset/strategy.go of native.) */
public final class StatefulSets implements Kind {

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    fillText(spec, "podManagementPolicy", "OrderedReady");
    Tree strategy = spec.need("updateStrategy");
    fillText(strategy, "type", "RollingUpdate");
    if (strategy.string("type").equals("RollingUpdate")) {
      strategy.need("rollingUpdate").fill("partition", 0L);
    }
    Tree retention = spec.need("persistentVolumeClaimRetentionPolicy");
    fillText(retention, "whenDeleted", "Retain");
    fillText(retention, "whenScaled", "Retain");
    spec.fill("replicas", 1L);
    spec.fill("revisionHistoryLimit", 10L);
    PodDefaults.ofTemplateIn(spec);
    for (Tree claim : spec.trees("volumeClaimTemplates")) {
      PodDefaults.claimTemplate(claim);
      claim.set("apiVersion", "v1").set("kind", "PersistentVolumeClaim");
      fillText(claim.need("status"), "phase", "Pending");
    }
  }

  private static void fillText(Tree tree, String name, String text) {
    if (tree.string(name).isEmpty()) {
      tree.set(name, text);
    }
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.STATEFUL_SETS;
  }
}
