package io.kubrig.operators.garbagecollector;

import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One object in the graph. Guarded by the graph. */
final class Node {
  private Identity identity;
  private List<OwnerReference> owners;
  private Set<Node> dependents = Set.of(); // most objects own nothing
  private boolean virtual;
  private boolean terminating;
  private boolean deletingDependents;

  /** @param virtual whether it is known from references only */
  Node(Identity identity, List<OwnerReference> owners, boolean virtual) {
    this.identity = identity;
    this.owners = List.copyOf(owners);
    this.virtual = virtual;
  }

  Identity identity() {
    return identity;
  }

  void become(Identity other) {
    identity = other;
  }

  List<OwnerReference> owners() {
    return owners;
  }

  void own(List<OwnerReference> fresh) {
    owners = List.copyOf(fresh);
  }

  /** Not to be changed. */
  Set<Node> dependents() {
    return dependents;
  }

  void add(Node dependent) {
    if (dependents.isEmpty()) {
      dependents = new LinkedHashSet<>();
    }
    dependents.add(dependent);
  }

  void remove(Node dependent) {
    if (!dependents.isEmpty()) {
      dependents.remove(dependent);
    }
  }

  boolean isVirtual() {
    return virtual;
  }

  void seen() {
    virtual = false;
  }

  boolean isTerminating() {
    return terminating;
  }

  void terminating() {
    terminating = true;
  }

  boolean deletesDependents() {
    return deletingDependents;
  }

  void deleteDependents() {
    deletingDependents = true;
  }

  /** Whether this dependent keeps the owner of a uid from going. */
  boolean blocks(String owner) {
    return owners.stream().anyMatch(ref -> owner.equals(ref.getUid()) && Boolean.TRUE.equals(ref.getBlockOwnerDeletion()));
  }

  /** Whether it refers to an owner by exactly these coordinates. */
  boolean namesExactly(Identity owner) {
    boolean reachable = owner.namespace().isEmpty() || owner.namespace().equals(identity.namespace());
    return owners.stream().filter(ref -> owner.uid().equals(ref.getUid())).allMatch(ref -> reachable && owner.isNamedBy(ref));
  }
}
