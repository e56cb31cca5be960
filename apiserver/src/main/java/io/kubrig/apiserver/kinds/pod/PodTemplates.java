package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;

/** The kind PodTemplate. */
public final class PodTemplates implements Kind {

  @Override
  public void applyDefaults(Tree object, String version) {
    PodDefaults.ofTemplateIn(object);
  }

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.POD_TEMPLATES;
  }
}
