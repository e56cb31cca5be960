package io.kubrig.operators.garbagecollector;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who owns whom, by uid. Told of every change of every object, it says which objects are to be looked at; it decides nothing itself.
 *
 * <p>Invariants: a node is among the dependents of each owner that it refers to; every owner referred to has a node, virtual until seen.
 */
final class OwnerGraph {
  /** The finalizer of an owner that waits for its dependents. */
  static final String FOREGROUND = "foregroundDeletion";

  /** The finalizer of an owner that lets its dependents go free. */
  static final String ORPHAN = "orphan";

  private final Map<String, Node> nodes = new HashMap<>(); // guarded by this
  private final AbsentOwners absent;
  private final Hints hints;

  /** Who is told what to look at; called with the graph locked, hence only to put it into a queue. */
  interface Hints {
    /** The object may have to go. */
    void mayGo(String uid);

    /** The object's dependents are to be freed. */
    void orphans(String uid);

    /** A dependent refers to an owner in another namespace. */
    void outOfReach(Identity dependent, Identity owner);
  }

  /** One dependent, as the graph knew it at a moment. */
  record Dependent(Identity identity, boolean deletesDependents, boolean blocks) {}

  /** One node, as the graph knew it at a moment. */
  record View(Identity identity, boolean virtual, boolean terminating, boolean deletesDependents, List<Dependent> dependents) {}

  OwnerGraph(AbsentOwners absent, Hints hints) {
    this.absent = absent;
    this.hints = hints;
  }

  /** What is known of a uid. */
  synchronized Optional<View> view(String uid) {
    return Optional.ofNullable(nodes.get(uid)).map(node -> new View(node.identity(), node.isVirtual(), node.isTerminating(),
        node.deletesDependents(),
            node.dependents().stream().map(d -> new Dependent(d.identity(), d.deletesDependents(), d.blocks(uid))).toList()));
  }

  /** An object was seen, for the first time or changed. @param before its earlier state, if known */
  synchronized void seen(Identity identity, ObjectMeta before, ObjectMeta after) {
    Node node = nodes.get(identity.uid());
    if (node == null) {
      node = new Node(identity, Identity.owners(after), false);
      nodes.put(identity.uid(), node);
      join(node, node.owners());
    } else {
      if (node.isVirtual()) {
        becomeReal(node, identity);
      }
      changeOwners(node, Identity.owners(after));
    }
    if (after.getDeletionTimestamp() != null) {
      node.terminating();
    }
    transitions(node, before, after);
  }

  private void becomeReal(Node node, Identity identity) {
    node.seen();
    if (!identity.equals(node.identity())) {
      strangers(node, identity).forEach(this::mayGo);
      node.become(identity);
    }
  }

  private static List<Node> strangers(Node owner, Identity identity) {
    return owner.dependents().stream().filter(dependent -> !dependent.namesExactly(identity)).toList();
  }

  /** An object was seen to be gone. */
  synchronized void gone(Identity identity) {
    Node node = nodes.get(identity.uid());
    if (node != null) {
      remove(node, identity);
    }
  }

  /** An object was looked for and not found; what the watches say counts more. */
  synchronized void missing(Identity identity) {
    Node node = nodes.get(identity.uid());
    if (node == null) {
      return;
    }
    Map<Boolean, List<Node>> byMatch = node.dependents().stream().collect(Collectors.partitioningBy(d -> d.namesExactly(identity)));
    boolean disputed = node.isVirtual() ? !byMatch.get(false).isEmpty() : !node.identity().equals(identity);
    if (!disputed) {
      remove(node, identity);
      return;
    }
    if (!byMatch.get(true).isEmpty()) {
      absent.add(identity);
      byMatch.get(true).forEach(this::mayGo);
    }
    if (node.isVirtual() && node.identity().equals(identity)) {
      alternative(identity, byMatch.get(false)).ifPresent(other -> {
        node.become(other);
        mayGo(node);
      });
    }
  }

  /** Another owner that the dependents may mean by the same uid: the next one in order after the one that is missing. */
  private static Optional<Identity> alternative(Identity missing, Collection<Node> dependents) {
    List<Identity> others = dependents.stream()
        .flatMap(dependent -> dependent.owners().stream().filter(ref -> missing.uid().equals(ref.getUid()))
            .map(ref -> Identity.of(ref, dependent.identity().namespace())))
        .filter(other -> !other.equals(missing)).distinct().sorted(Comparator.comparing(Identity::toString)).toList();
    return others.stream().filter(other -> other.toString().compareTo(missing.toString()) > 0).findFirst()
        .or(() -> others.stream().findFirst());
  }

  private void remove(Node node, Identity identity) {
    nodes.remove(identity.uid());
    leave(node, node.owners());
    if (!node.dependents().isEmpty()) {
      absent.add(identity);
    }
    node.dependents().forEach(this::mayGo);
    for (OwnerReference ref : node.owners()) {
      Node owner = nodes.get(ref.getUid());
      if (owner != null && owner.deletesDependents()) {
        mayGo(owner);
      }
    }
  }

  private void join(Node node, List<OwnerReference> owners) {
    boolean doubtful = false;
    for (OwnerReference ref : owners) {
      Node owner = nodes.get(ref.getUid());
      if (owner == null) {
        owner = new Node(Identity.of(ref, node.identity().namespace()), List.of(), true);
        nodes.put(ref.getUid(), owner);
        owner.add(node);
        mayGo(owner);
        continue;
      }
      owner.add(node);
      doubtful |= isDoubtful(node, ref, owner);
    }
    if (doubtful) {
      mayGo(node);
    }
  }

  private boolean isDoubtful(Node node, OwnerReference ref, Node owner) {
    String namespace = owner.identity().namespace();
    if (!namespace.isEmpty() && !namespace.equals(node.identity().namespace())) {
      if (!owner.isVirtual()) {
        hints.outOfReach(node.identity(), Identity.of(ref, node.identity().namespace()));
      }
      return true;
    }
    return !owner.identity().isNamedBy(ref);
  }

  private void leave(Node node, Collection<OwnerReference> owners) {
    for (OwnerReference ref : owners) {
      Node owner = nodes.get(ref.getUid());
      if (owner != null) {
        owner.remove(node);
      }
    }
  }

  private void changeOwners(Node node, List<OwnerReference> fresh) {
    if (fresh.equals(node.owners())) {
      return;
    }
    Map<String, OwnerReference> old = byUid(node.owners());
    Map<String, OwnerReference> now = byUid(fresh);
    List<OwnerReference> added = fresh.stream().filter(ref -> !old.containsKey(ref.getUid())).toList();
    List<OwnerReference> removed = node.owners().stream().filter(ref -> !now.containsKey(ref.getUid())).toList();
    List<OwnerReference> unblocked = new ArrayList<>(removed);
    node.owners().stream().filter(ref -> now.containsKey(ref.getUid()) && Boolean.TRUE.equals(ref.getBlockOwnerDeletion())
        && !Boolean.TRUE.equals(now.get(ref.getUid()).getBlockOwnerDeletion())).forEach(unblocked::add);
    node.own(fresh);
    join(node, added);
    leave(node, removed);
    unblocked.stream().map(ref -> nodes.get(ref.getUid())).filter(owner -> owner != null && owner.deletesDependents()).forEach(this::mayGo);
  }

  private static Map<String, OwnerReference> byUid(List<OwnerReference> owners) {
    Map<String, OwnerReference> byUid = new HashMap<>();
    owners.forEach(ref -> byUid.put(ref.getUid(), ref));
    return byUid;
  }

  private void transitions(Node node, ObjectMeta before, ObjectMeta after) {
    if (begins(before, after, ORPHAN)) {
      hints.orphans(node.identity().uid());
    } else if (begins(before, after, FOREGROUND)) {
      node.deleteDependents();
      node.dependents().forEach(this::mayGo);
      mayGo(node);
    }
  }

  private static boolean begins(ObjectMeta before, ObjectMeta after, String finalizer) {
    return isGoing(after, finalizer) && (before == null || !isGoing(before, finalizer));
  }

  private static boolean isGoing(ObjectMeta object, String finalizer) {
    return object.getDeletionTimestamp() != null && Objects.orEmpty(object.getFinalizers()).contains(finalizer);
  }

  private void mayGo(Node node) {
    hints.mayGo(node.identity().uid());
  }

  /** All uids, for tests. */
  synchronized Set<String> uids() {
    return Set.copyOf(nodes.keySet());
  }
}
