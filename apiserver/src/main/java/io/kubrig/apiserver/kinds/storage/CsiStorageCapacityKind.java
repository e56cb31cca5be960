package io.kubrig.apiserver.kinds.storage;

import io.kubrig.apiserver.kinds.pod.NodeLabels;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** How much storage of a class a driver has left in a part of the cluster. */
final class CsiStorageCapacityKind implements Kind {

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    return NodeLabels.ofSelector(object.tree("nodeTopology"), FieldPath.of("nodeTopology"));
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    String type = object.string("storageClassName");
    FieldPath path = FieldPath.of("storageClassName");
    Names.dnsSubdomain(type).forEach(text -> errors.invalid(path, type, text));
    Selectors.check(object.tree("nodeTopology"), FieldPath.of("nodeTopology"), errors);
    Quantities.of(object, "capacity").ifPresent(amount -> Quantities.nonNegative(amount, FieldPath.of("capacity"), errors));
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    for (String member : List.of("nodeTopology", "storageClassName")) {
      MetadataRules.immutable(object.get(member), old.get(member), FieldPath.of(member), errors);
    }
  }
}
