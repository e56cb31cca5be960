package io.kubrig.operators.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Taints to take from a node and others to give it, decided from one state of it and to be carried out on whatever state it is in by then.
 *
 * @param remove by key and effect
 * @param add with the time of the decision; one that is there already, and not to be removed, stays as it is
 */
record TaintSwap(List<Taint> remove, List<Taint> add) {
  TaintSwap {
    remove = List.copyOf(remove);
    add = List.copyOf(add);
  }

  /** Whether there is nothing to do. */
  boolean isNothing() {
    return remove.isEmpty() && add.isEmpty();
  }

  /** The taints that a node has afterwards; empty when it has them already. */
  Optional<List<Taint>> on(Node node) {
    List<Taint> taints = new ArrayList<>(taints(node));
    boolean changed = taints.removeIf(taint -> isIn(remove, taint));
    for (Taint taint : add) {
      if (!isIn(taints, taint)) {
        taints.add(taint);
        changed = true;
      }
    }
    return changed ? Optional.of(taints) : Optional.empty();
  }

  static List<Taint> taints(Node node) {
    return node.getSpec() == null ? List.of() : Objects.orEmpty(node.getSpec().getTaints());
  }

  /** Whether a taint of the same key and effect is in a list. */
  static boolean isIn(List<Taint> taints, Taint wanted) {
    return taints.stream().anyMatch(taint -> wanted.getKey().equals(taint.getKey()) && wanted.getEffect().equals(taint.getEffect()));
  }
}
