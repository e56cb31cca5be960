package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.DisabledFields;
import io.kubrig.apiserver.kinds.pod.PodWarnings;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** A kind that makes pods of the template in its {@code spec.template} and reports on them in its status. */
interface Workload extends Kind {
  @Override
  default boolean hasStatus() {
    return true;
  }

  @Override
  default MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  /** Fields of gates that are off go, unless the stored template has them. */
  @Override
  default void prepareForCreate(Tree object, Operation operation) {
    DisabledFields.dropFromTemplate(object.tree("spec").tree("template"), Tree.empty());
  }

  @Override
  default void prepareForUpdate(Tree object, Tree old, Operation operation) {
    DisabledFields.dropFromTemplate(object.tree("spec").tree("template"), old.tree("spec").tree("template"));
  }

  @Override
  default List<String> warnings(Tree object, Tree old) {
    return PodWarnings.ofOwner(object, old, true);
  }
}
