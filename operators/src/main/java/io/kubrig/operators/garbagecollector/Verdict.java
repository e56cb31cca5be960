package io.kubrig.operators.garbagecollector;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is to become of an object, once the live state of each of its owners is known. */
sealed interface Verdict {
  /** It stays as it is. */
  record Keep() implements Verdict {}

  /** It stays, but refers to owners that are gone or wait for it to go. @param uids theirs */
  record Disown(List<String> uids) implements Verdict {}

  /** It goes. @param propagation as deletions take it; @param unblock first lets its own owners go on without it, to break a circle */
  record Delete(String propagation, boolean unblock) implements Verdict {}

  /** How one owner is. */
  enum Owner {
    /** It lives. */
    SOLID,
    /** There is no such object. */
    ABSENT,
    /** It is deleted in the foreground and waits for its dependents. */
    WAITING
  }

  /**
   * Decides.
   *
   * @param owners how the owner of each uid is
   * @param dependents the object's own dependents
   */
  static Verdict of(ObjectMeta object, Map<String, Owner> owners, List<OwnerGraph.Dependent> dependents) {
    List<OwnerReference> references = Identity.owners(object);
    if (references.isEmpty()) {
      return new Keep();
    }
    boolean solid = owners.containsValue(Owner.SOLID);
    boolean waiting = owners.containsValue(Owner.WAITING);
    if (solid) {
      List<String> lost = new ArrayList<>();
      references.stream().map(OwnerReference::getUid).filter(uid -> owners.get(uid) != Owner.SOLID).forEach(lost::add);
      return lost.isEmpty() ? new Keep() : new Disown(lost);
    }
    if (waiting && !dependents.isEmpty()) {
      return new Delete("Foreground", dependents.stream().anyMatch(OwnerGraph.Dependent::deletesDependents));
    }
    List<String> finalizers = Objects.orEmpty(object.getFinalizers());
    if (finalizers.contains(OwnerGraph.ORPHAN)) {
      return new Delete("Orphan", false);
    }
    return new Delete(finalizers.contains(OwnerGraph.FOREGROUND) ? "Foreground" : "Background", false);
  }
}
