package io.kubrig.operators.deployment;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The new sizes of a deployment's sets when the deployment itself was resized, or is paused. */
final class Scaling {
  private static final Comparator<ReplicaSet> LARGEST = Comparator.comparing(Sets::replicas, Comparator.reverseOrder());

  private Scaling() {}

  /** The size of each set that is to be written; sets that keep their size are written for their annotations' sake. */
  static Map<ReplicaSet, Integer> sizes(Deployment deployment, Sets sets) {
    Optional<ReplicaSet> only = activeOrLatest(sets);
    int replicas = Surge.replicas(deployment);
    if (only.isPresent()) {
      // a set of the right size that still tells of another one would be taken for a scaling event for ever, and the rollout stand still
      return Sets.replicas(only.get()) == replicas && !tellsOfAnother(only.get(), replicas) ? Map.of() : Map.of(only.get(), replicas);
    }
    Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
    if (sets.current().filter(set -> isSaturated(deployment, set)).isPresent()) {
      sets.activeOld().forEach(set -> sizes.put(set, 0));
    } else if (Surge.isRolling(deployment)) {
      sizes.putAll(proportional(deployment, Sets.active(sets.all())));
    }
    return sizes;
  }

  private static boolean tellsOfAnother(ReplicaSet set, int replicas) {
    return Sets.replicas(set) > 0 && Revisions.desired(set).orElse(replicas) != replicas;
  }

  /** The only set with pods; if none has any the current or else the newest; empty when several have. */
  private static Optional<ReplicaSet> activeOrLatest(Sets sets) {
    List<ReplicaSet> active = Sets.active(sets.all());
    if (active.isEmpty()) {
      return sets.current().or(() -> sets.old().stream().max(Sets.OLDEST_FIRST));
    }
    return active.size() == 1 ? Optional.of(active.getFirst()) : Optional.empty();
  }

  private static boolean isSaturated(Deployment deployment, ReplicaSet set) {
    int replicas = Surge.replicas(deployment);
    return Revisions.desired(set).orElse(-1) == replicas && Sets.replicas(set) == replicas && Sets.available(set) == replicas;
  }

  private static Map<ReplicaSet, Integer> proportional(Deployment deployment, List<ReplicaSet> active) {
    int replicas = Surge.replicas(deployment);
    int allowed = replicas > 0 ? replicas + Surge.of(deployment).surge() : 0;
    int toAdd = allowed - Sets.replicas(active);
    List<ReplicaSet> sorted = new ArrayList<>(active);
    if (toAdd != 0) {
      sorted.sort(LARGEST.thenComparing(toAdd > 0 ? Sets.OLDEST_FIRST.reversed() : Sets.OLDEST_FIRST));
    }
    Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
    int added = 0;
    for (ReplicaSet set : sorted) {
      int share = share(deployment, set, toAdd, added);
      sizes.put(set, Sets.replicas(set) + share);
      added += share;
    }
    if (toAdd != 0 && !sorted.isEmpty()) {
      sizes.merge(sorted.getFirst(), toAdd - added, (size, leftover) -> Math.max(0, size + leftover));
    }
    return sizes;
  }

  private static int share(Deployment deployment, ReplicaSet set, int toAdd, int added) {
    if (Sets.replicas(set) == 0 || toAdd == 0 || toAdd == added) {
      return 0;
    }
    int fraction = fraction(deployment, set);
    return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
  }

  /** How many pods a set would gain if it kept its part of the whole. */
  private static int fraction(Deployment deployment, ReplicaSet set) {
    int replicas = Surge.replicas(deployment);
    int size = Sets.replicas(set);
    if (replicas == 0) {
      return -size;
    }
    int before = Revisions.max(set).orElse(0);
    if (before == 0) {
      before = DeploymentStatuses.count(DeploymentStatuses.of(deployment).getReplicas());
      if (before == 0) {
        return 0;
      }
    }
    double scaled = (double) size * (replicas + Surge.of(deployment).surge()) / before;
    return (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5) - size;
  }

  /** All sets that a scaling event could be seen on. */
  static boolean isDue(Deployment deployment, Sets sets) {
    return Stream.concat(sets.old().stream(), sets.current().stream()).filter(set -> Sets.replicas(set) > 0)
        .map(Revisions::desired).anyMatch(desired -> desired.isPresent() && desired.getAsInt() != Surge.replicas(deployment));
  }
}
