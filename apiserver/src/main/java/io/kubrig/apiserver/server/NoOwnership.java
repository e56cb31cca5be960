package io.kubrig.apiserver.server;

import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Ownership;
import io.kubrig.machinery.tree.Tree;

final class NoOwnership implements Ownership {
  @Override
  public Tree updated(Operation operation, Tree old, Tree object, Lens lens) {
    return object;
  }

  @Override
  public Tree applied(Operation operation, Tree current, Tree intent, Lens lens) {
    return intent;
  }
}
