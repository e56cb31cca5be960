package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** The kind PodTemplate. */
public final class PodTemplates implements Kind {
  private final Scope scope;

  /** @param allowPrivileged whether containers may be privileged */
  public PodTemplates(boolean allowPrivileged) {
    scope = new Scope(false, allowPrivileged);
  }

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

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
  public void prepareForCreate(Tree object, Operation operation) {
    DisabledFields.dropFromTemplate(object.tree("template"), Tree.empty());
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    DisabledFields.dropFromTemplate(object.tree("template"), old.tree("template"));
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    return PodWarnings.ofTemplate(object.tree("template"), FieldPath.of("template"));
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    PodRules.template(object.tree("template"), scope, FieldPath.of("template"), errors);
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.POD_TEMPLATES;
  }
}
