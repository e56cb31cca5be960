package io.kubrig.operators.statefulset;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateStatefulSetStrategy;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Fraction;
import io.kubrig.operators.pods.Pods;
import io.kubrig.operators.statefulset.StatefulSetPlan.Action;
import io.kubrig.operators.statefulset.StatefulSetPlan.Observed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The next steps of one set. Ordered sets take one step at a time and none while a pod of a lower number is not there, ready and
 * available; parallel sets take all at once. Scaling goes before updating.
 */
final class StatefulSetPlanner {
  private final Observed seen;
  private final StatefulSet set;
  private final boolean ordered;
  private final int minReady;
  private final TreeMap<Integer, Pod> wanted = new TreeMap<>();
  private final List<Pod> surplus = new ArrayList<>();
  private final List<Action> actions = new ArrayList<>();

  private StatefulSetPlanner(Observed seen) {
    this.seen = seen;
    this.set = seen.set();
    this.ordered = !"Parallel".equals(set.getSpec().getPodManagementPolicy());
    this.minReady = Objects.orElse(set.getSpec().getMinReadySeconds(), 0);
    for (Pod pod : seen.pods()) {
      if (Identity.inRange(set, pod)) {
        wanted.put(Identity.ordinal(pod), pod);
      } else if (Identity.ordinal(pod) >= 0) {
        surplus.add(pod);
      }
    }
    surplus.sort(Comparator.comparingInt(Identity::ordinal).reversed());
  }

  static StatefulSetPlan plan(Observed seen) {
    StatefulSetPlanner planner = new StatefulSetPlanner(seen);
    StatefulSetStatus status = planner.count();
    if (!Objects.isTerminating(planner.set)) {
      planner.decide(status);
    }
    complete(planner.set, status);
    return new StatefulSetPlan(List.copyOf(planner.actions), !planner.ordered, status, planner.recheck());
  }

  private void decide(StatefulSetStatus status) {
    if (keepReplicas() || removeSurplus()) {
      return;
    }
    update(status);
  }

  /** Sees to every number that should have a pod. Returns whether something must happen before anything else may. */
  private boolean keepReplicas() {
    int start = Identity.start(set);
    for (int ordinal = start; ordinal < start + Identity.replicas(set); ordinal++) {
      if (keep(ordinal) && ordered) {
        return true;
      }
    }
    return false;
  }

  private boolean keep(int ordinal) {
    Pod pod = wanted.get(ordinal);
    if (pod == null) {
      return create(ordinal);
    }
    if (Pods.isFinished(pod)) {
      if (!Objects.isTerminating(pod)) {
        actions.add(new Action.Delete(pod));
      }
      return true;
    }
    if (Pods.phase(pod).equals("Pending")) {
      List<PersistentVolumeClaim> missing = PodClaims.missing(set, ordinal, seen::claim);
      if (!missing.isEmpty()) {
        actions.add(new Action.Provide(pod, missing));
      }
    }
    if (ordered && (Objects.isTerminating(pod) || !isRunningAndReady(pod) || !isAvailable(pod))) {
      giveUp(pod, ordinal);
      return true;
    }
    repair(pod, ordinal);
    return false;
  }

  /**
   * Gives up a pod that is waited for in vain, where the set's user asked for that: it is not ready, and of a revision that is not wanted
   * any more. One pod at a time: not while a pod of the new revision is on its way.
   */
  private void giveUp(Pod pod, int ordinal) {
    boolean broken = !Objects.isTerminating(pod) && !isRunningAndReady(pod);
    if (!seen.forced() || isOnDelete() || !broken) {
      return;
    }
    String revision = needsCurrent(ordinal) ? seen.current().name() : seen.update().name();
    boolean busy = wanted.values().stream()
        .anyMatch(other -> other != pod && !isHealthy(other) && (Objects.isTerminating(other) || isUpdated(other)));
    if (!Identity.revision(pod).equals(revision) && !busy) {
      actions.add(new Action.GiveUp(pod, revision));
    }
  }

  private boolean isUpdated(Pod pod) {
    return Identity.revision(pod).equals(seen.update().name());
  }

  private boolean create(int ordinal) {
    String name = set.getMetadata().getName() + "-" + ordinal;
    if (!PodClaims.isStale(set, name, ordinal, seen::claim)) {
      StatefulSetPlan.Version version = needsCurrent(ordinal) ? seen.current() : seen.update();
      Pod pod = Identity.create(set, version.template(), version.name(), ordinal);
      actions.add(new Action.Create(pod, PodClaims.missing(set, ordinal, seen::claim), PodClaims.leaving(set, ordinal, seen::claim)));
    }
    return true;
  }

  private void repair(Pod pod, int ordinal) {
    boolean identity = !Identity.matches(set, pod);
    List<PersistentVolumeClaim> claims = PodClaims.toUpdate(set, pod, seen::claim);
    if (identity || !claims.isEmpty()) {
      List<PersistentVolumeClaim> missing = identity ? PodClaims.missing(set, ordinal, seen::claim) : List.of();
      actions.add(new Action.Repair(identity ? Identity.repaired(set, pod) : pod, identity, missing, claims));
    }
  }

  /** Whether a number that the update has not reached yet gets the old template. */
  private boolean needsCurrent(int ordinal) {
    if (isOnDelete()) {
      return false;
    }
    int start = Identity.start(set);
    Optional<Integer> partition = rolling().map(RollingUpdateStatefulSetStrategy::getPartition);
    int kept = rolling().isEmpty() ? currentReplicas() : partition.orElse(0);
    return ordinal < start + kept;
  }

  private int currentReplicas() {
    return set.getStatus() == null ? 0 : Objects.orElse(set.getStatus().getCurrentReplicas(), 0);
  }

  private boolean isOnDelete() {
    return set.getSpec().getUpdateStrategy() != null && "OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
  }

  private Optional<RollingUpdateStatefulSetStrategy> rolling() {
    return Optional.ofNullable(set.getSpec().getUpdateStrategy()).map(strategy -> strategy.getRollingUpdate());
  }

  private boolean removeSurplus() {
    for (Pod pod : surplus) {
      List<PersistentVolumeClaim> claims = PodClaims.toUpdate(set, pod, seen::claim);
      if (!claims.isEmpty()) {
        actions.add(new Action.Own(pod, claims));
      }
    }
    Optional<Pod> firstUnhealthy = firstUnhealthy();
    for (Pod pod : surplus) {
      if (Objects.isTerminating(pod)) {
        if (ordered) {
          return true;
        }
        continue;
      }
      boolean blocked = ordered && !(isRunningAndReady(pod) && isAvailable(pod)) && firstUnhealthy.filter(first -> first == pod).isEmpty();
      if (!blocked) {
        actions.add(new Action.Delete(pod));
      }
      if (ordered) {
        return true;
      }
    }
    return false;
  }

  /** The unhealthy pod of the lowest number. */
  private Optional<Pod> firstUnhealthy() {
    List<Pod> all = new ArrayList<>(wanted.values());
    all.addAll(surplus.reversed());
    boolean gap = wanted.size() < Identity.replicas(set);
    return gap ? Optional.empty() : all.stream().filter(pod -> !isHealthy(pod)).findFirst();
  }

  private void update(StatefulSetStatus status) {
    if (isOnDelete()) {
      return;
    }
    int first = Identity.start(set) + rolling().map(RollingUpdateStatefulSetStrategy::getPartition).orElse(0);
    int budget = 1;
    if (seen.maxUnavailable()) {
      int max = rolling().map(RollingUpdateStatefulSetStrategy::getMaxUnavailable)
          .map(value -> Fraction.roundedDown(value, Identity.replicas(set))).orElse(1);
      int missing = Identity.replicas(set) - wanted.size();
      budget = Math.max(1, max) - missing - (int) wanted.values().stream().filter(pod -> !isHealthy(pod) || !isAvailable(pod)).count();
    }
    for (int ordinal = Identity.start(set) + Identity.replicas(set) - 1; ordinal >= first && budget > 0; ordinal--) {
      Pod pod = wanted.get(ordinal);
      if (pod == null) { // made just now, by a parallel set: it is of the new revision, and not ready
        if (!seen.maxUnavailable()) {
          return;
        }
      } else if (!isUpdated(pod) && !Objects.isTerminating(pod)) {
        replace(pod, status);
        budget--;
      } else if (!seen.maxUnavailable() && !(isHealthy(pod) && isAvailable(pod))) {
        return;
      }
    }
  }

  private void replace(Pod pod, StatefulSetStatus status) {
    actions.add(new Action.Delete(pod));
    int current = Objects.orElse(status.getCurrentReplicas(), 0) - 1;
    status.setCurrentReplicas(current <= 0 ? null : current);
  }

  private StatefulSetStatus count() {
    int created = 0;
    int ready = 0;
    int available = 0;
    int current = 0;
    int updated = 0;
    List<Pod> all = new ArrayList<>(wanted.values());
    all.addAll(surplus);
    for (Pod pod : all) {
      created++;
      ready += isRunningAndReady(pod) ? 1 : 0;
      available += isRunningAndReady(pod) && isAvailable(pod) ? 1 : 0;
      boolean counts = !Objects.isTerminating(pod);
      current += counts && Identity.revision(pod).equals(seen.current().name()) ? 1 : 0;
      updated += counts && isUpdated(pod) ? 1 : 0;
    }
    StatefulSetStatus old = set.getStatus() == null ? new StatefulSetStatus() : set.getStatus();
    return new StatefulSetStatusBuilder().withObservedGeneration(Objects.generation(set)).withReplicas(created)
        .withReadyReplicas(zeroIsNull(ready)).withAvailableReplicas(available).withCurrentReplicas(zeroIsNull(current))
        .withUpdatedReplicas(zeroIsNull(updated)).withCurrentRevision(seen.current().name()).withUpdateRevision(seen.update().name())
        .withCollisionCount(seen.collisions()).withConditions(Objects.orEmpty(old.getConditions())).build();
  }

  private static Integer zeroIsNull(int count) {
    return count == 0 ? null : count;
  }

  /** When all pods are of the new revision and ready, the new revision is the current one. */
  private static void complete(StatefulSet set, StatefulSetStatus status) {
    int replicas = Identity.replicas(set);
    boolean done = Objects.orElse(status.getUpdatedReplicas(), 0) == replicas && Objects.orElse(status.getReadyReplicas(), 0) == replicas
        && status.getReplicas() == replicas;
    boolean rolls = set.getSpec().getUpdateStrategy() == null || !"OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
    if (done && rolls) {
      status.setCurrentReplicas(status.getUpdatedReplicas());
      status.setCurrentRevision(status.getUpdateRevision());
    }
  }

  private Optional<Duration> recheck() {
    return seen.pods().stream().flatMap(pod -> Pods.untilAvailable(pod, minReady, seen.now()).stream()).min(Duration::compareTo);
  }

  private static boolean isRunningAndReady(Pod pod) {
    return Pods.phase(pod).equals("Running") && Pods.isReady(pod);
  }

  private static boolean isHealthy(Pod pod) {
    return isRunningAndReady(pod) && !Objects.isTerminating(pod);
  }

  private boolean isAvailable(Pod pod) {
    return Pods.isAvailable(pod, minReady, seen.now());
  }
}
