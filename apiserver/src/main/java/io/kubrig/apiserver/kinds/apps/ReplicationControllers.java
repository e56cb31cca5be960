package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;
import java.util.Map;
import java.util.Set;

/** The kind ReplicationController. (Source: registry/core/replicationcontroller/strategy.go of native.) */
public final class ReplicationControllers implements Kind {

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    Tree labels = spec.tree("template").tree("metadata").tree("labels");
    if (!labels.isEmpty()) {
      if (spec.tree("selector").isEmpty()) {
        spec.set("selector", labels.copy());
      }
      if (object.tree("metadata").tree("labels").isEmpty()) {
        object.need("metadata").set("labels", labels.copy());
      }
    }
    spec.fill("replicas", 1L);
    if (spec.integer("minReadySeconds") == 0) {
      spec.remove("minReadySeconds"); // its default is what is not written
    }
    PodDefaults.ofTemplateIn(spec);
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public boolean orphansByDefault() {
    return true;
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of("status.replicas");
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    return Map.of("status.replicas", Long.toString(object.tree("status").integer("replicas")));
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.REPLICATION_CONTROLLERS;
  }
}
