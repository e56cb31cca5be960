package io.kubrig.operators.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Batches;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.history.RevisionHistory;
import io.kubrig.operators.ownership.Claims;
import io.kubrig.operators.ownership.Owned;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.pods.PodControl;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps one pod of each daemon set on every node that fits. */
public final class DaemonSetController implements Controller {
  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<DaemonSet> sets;
  private final Cached<Node> nodes;
  private final Owned<Pod, DaemonSet> owned;
  private final Cached<ControllerRevision> revisions;
  private final RevisionHistory history;
  private final PodControl control;
  private final FailedPodBackoff backoff;

  /** A controller in a manager. */
  public DaemonSetController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("daemonset-controller");
    this.sets = context.caches().of(DaemonSet.class);
    this.nodes = context.caches().of(Node.class);
    this.owned = new Owned<>(context.caches().of(Pod.class), sets, set -> Selector.of(set.getSpec().getSelector()));
    this.revisions = context.caches().of(ControllerRevision.class);
    this.history = new RevisionHistory(api, revisions);
    this.control = new PodControl(api, events);
    this.backoff = new FailedPodBackoff(clock);
  }

  @Override
  public void watch(Queue queue) {
    sets.onChange(set -> queue.add(Key.of(set)));
    owned.wake(queue);
    revisions.watch(added -> { }, (before, after) -> wake(before, after, queue), gone -> wake(gone, gone, queue));
    nodes.watch(added -> wake(added, queue), (before, after) -> wake(after, queue),
        deleted -> { }); // what was on a node that has gone, goes with its pods
  }

  /** A set keeps its history, whoever takes something of it away. */
  private void wake(ControllerRevision before, ControllerRevision after, Queue queue) {
    Stream.of(before, after).flatMap(revision -> Objects.controllerOf(revision).stream()
        .filter(owner -> "DaemonSet".equals(owner.getKind()))
        .map(owner -> new Key(revision.getMetadata().getNamespace(), owner.getName()))).distinct().forEach(queue::add);
  }

  /** A change of a node matters to a set that lacks a pod there, or has one that may not stay. */
  private void wake(Node node, Queue queue) {
    sets.list().stream().filter(set -> concerns(node, set)).map(Key::of).forEach(queue::add);
  }

  private boolean concerns(Node node, DaemonSet set) {
    String name = node.getMetadata().getName();
    try {
      DaemonPods.Verdict verdict = DaemonPods.verdict(set, node);
      boolean scheduled = owned.controlledBy(set).stream().anyMatch(pod -> DaemonPods.node(pod).filter(name::equals).isPresent());
      return verdict.run() && !scheduled || !verdict.stay() && scheduled;
    } catch (RuntimeException e) {
      // the set's own reconcile reports what is wrong with it; the other sets must hear of the node all the same
      return false;
    }
  }

  @Override
  public Outcome reconcile(Key key) throws InterruptedException {
    Optional<DaemonSet> set = sets.get(key);
    return set.isEmpty() ? Outcome.DONE : reconcile(set.get());
  }

  private Outcome reconcile(DaemonSet set) throws InterruptedException {
    Selector selector = Selector.of(set.getSpec().getSelector());
    if (selector.isEmpty()) {
      events.warning(set, "SelectingAll", "This daemon set is selecting all pods. A non-empty selector is required.");
      return Outcome.DONE;
    }
    if (Objects.isTerminating(set)) {
      return Outcome.DONE;
    }
    DaemonHistory revisions = DaemonHistory.sync(history, set, history.claimed(set, selector));
    if (revisions.current().isEmpty()) {
      return bumpCollisions(set);
    }
    String hash = Objects.labels(revisions.current().get()).get(DaemonPods.HASH);
    List<Pod> pods = new Claims<Pod>(api, set, selector, pod -> true).claim(owned.candidates(set));
    relabel(pods, revisions, hash);
    DaemonSetPlan.Observed seen = new DaemonSetPlan.Observed(set, hash, nodes.list(), pods, backoff.nodesOf(set), clock.now());
    Optional<RuntimeException> failure = apply(set, hash, plan(seen));
    if (failure.isEmpty()) {
      Stream.concat(revisions.superfluous(set, pods).stream(), revisions.duplicates().stream()).forEach(history::delete);
    }
    updateStatus(set, DaemonStatus.of(seen));
    if (failure.isPresent()) {
      throw failure.get();
    }
    return recheck(set, seen);
  }

  /** Replaces old pods only when nothing is missing and nothing is in the way. */
  private static DaemonSetPlan plan(DaemonSetPlan.Observed seen) {
    DaemonSetPlan plan = DaemonSetPlan.of(seen);
    var strategy = seen.set().getSpec().getUpdateStrategy();
    boolean onDelete = strategy != null && "OnDelete".equals(strategy.getType());
    return plan.isEmpty() && !onDelete ? DaemonRollout.plan(seen) : plan;
  }

  private Outcome bumpCollisions(DaemonSet set) {
    DaemonSet copy = Objects.copy(set);
    DaemonSetStatus status = copy.getStatus() == null ? new DaemonSetStatus() : copy.getStatus();
    status.setCollisionCount(Objects.orElse(status.getCollisionCount(), 0) + 1);
    copy.setStatus(status);
    api.updateStatus(copy);
    return Outcome.RETRY;
  }

  private void relabel(List<Pod> pods, DaemonHistory revisions, String hash) {
    if (revisions.duplicates().isEmpty()) {
      return;
    }
    Set<String> gone = revisions.duplicates().stream().map(r -> Objects.labels(r).get(DaemonPods.HASH)).collect(Collectors.toSet());
    pods.stream().filter(pod -> gone.contains(Objects.labels(pod).get(DaemonPods.HASH))).forEach(pod ->
        api.patch(pod, PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("labels", Map.of(DaemonPods.HASH, hash)))));
  }

  private Optional<RuntimeException> apply(DaemonSet set, String hash, DaemonSetPlan plan) throws InterruptedException {
    plan.finished().forEach(pod -> tellFinished(set, pod));
    Optional<RuntimeException> failure = Batches.slowStart(plan.create().stream()
        .map(node -> (Callable<Pod>) () -> control.create(DaemonPods.create(set, node, hash), set)).toList()).failure();
    Optional<RuntimeException> other = Batches.all(plan.delete().stream().map(pod -> (Callable<Void>) () -> {
      control.delete(pod, set);
      return null;
    }).toList()).failure();
    return failure.or(() -> other);
  }

  private void tellFinished(DaemonSet set, Pod pod) {
    String node = DaemonPods.node(pod).orElse("");
    String what = " daemon pod " + pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName() + " on node " + node;
    if (Pods.phase(pod).equals("Failed")) {
      backoff.killed(set, node);
      events.warning(set, "FailedDaemonPod", "Found failed" + what + ", will try to kill it");
    } else {
      events.normal(set, "SucceededDaemonPod", "Found succeeded" + what + ", will try to delete it");
    }
  }

  private void updateStatus(DaemonSet set, DaemonSetStatus status) {
    if (!status.equals(set.getStatus())) {
      DaemonSet copy = Objects.copy(set);
      copy.setStatus(status);
      api.updateStatus(copy);
    }
  }

  private Outcome recheck(DaemonSet set, DaemonSetPlan.Observed seen) {
    Instant now = seen.now();
    Stream<Duration> available = seen.pods().stream().flatMap(pod -> Pods.untilAvailable(pod, seen.minReady(), now).stream());
    return Stream.concat(available, backoff.next(set).stream()).min(Duration::compareTo).map(Outcome::after).orElse(Outcome.DONE);
  }
}
