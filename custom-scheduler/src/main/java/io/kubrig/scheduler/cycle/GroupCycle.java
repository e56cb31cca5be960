package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.FitError;
import io.kubrig.scheduler.framework.PostFilterPlugin.Nomination;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.plugins.gangscheduling.GangScheduling;
import io.kubrig.scheduler.queue.QueuedPod;
import io.kubrig.scheduler.queue.SchedulingQueue;
import io.kubrig.scheduler.state.ClusterState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Tries the waiting pods of a group together: each in turn, as if those before it were on their nodes already; then everything is taken
 * back. Only if Permit lets one pass in the end are the pods placed for real. A pod that must evict others makes the whole group wait.
 * Source: KEP-4671.
 */
final class GroupCycle {
  private static final String UNSCHEDULABLE = "pod group is unschedulable";
  private static final String WAITING = "pod group is waiting for preemption to complete";

  private final ClusterState state;
  private final SchedulingQueue queue;
  private final LongSupplier nanos;
  private final Hands hands;

  /** What the scheduler does for single pods. */
  interface Hands {
    /** Looks for a node; notes in the queued pod who turned it down. */
    Found find(QueuedPod queued, Profile profile);

    /** Places a pod on the node it was found. */
    void place(Attempt attempt);

    void fail(QueuedPod queued, Profile profile, Status status, Optional<Nomination> nomination);

    /** Whether there is nothing to do for a pod any more. */
    boolean skips(QueuedPod queued);
  }

  /** What became of a group as a whole. */
  enum Outcome {
    SCHEDULED, UNSCHEDULABLE, WAITING_ON_PREEMPTION, ERROR
  }

  /**
   * What became of an attempt.
   *
   * @param message as it is told in the group's status
   * @param algorithmNanos how long it took to decide
   */
  record Result(Outcome outcome, String message, long algorithmNanos) {}

  /** A node for a pod; or why there is none, and which node it was nominated to. */
  record Found(String node, CycleState cycle, Status status, Optional<Nomination> nomination, long startedNanos) {}

  /** One pod in the attempt; {@code permit} is null when it got no node. */
  private record Trial(QueuedPod queued, Found found, Attempt held, Status permit) {
    boolean evicts() {
      return held != null && !found.status.isSuccess();
    }
  }

  GroupCycle(ClusterState state, SchedulingQueue queue, LongSupplier nanos, Hands hands) {
    this.nanos = nanos;
    this.state = state;
    this.queue = queue;
    this.hands = hands;
  }

  /** Tries a pod that was taken from the queue with all others of its group; empty when they cannot be tried together. */
  Optional<Result> run(QueuedPod first, Profile profile) {
    List<QueuedPod> pods = new ArrayList<>(List.of(first));
    state.groups().waiting(first.pod()).forEach(p -> queue.popAlso(p.uid()).ifPresent(pods::add));
    pods.removeIf(hands::skips);
    pods.sort(Comparator.<QueuedPod>comparingInt(q -> q.pod().priority()).reversed().thenComparing(QueuedPod::initialAttempt));
    Optional<String> other = pods.stream().map(q -> q.pod().schedulerName()).filter(n -> !n.equals(profile.name())).findFirst();
    if (other.isPresent()) {
      Status mixed = Status.error("all pods in a single pod group should have the same .spec.schedulerName set, got: \"" + other.get()
          + "\" and \""
          + profile.name() + "\"");
      pods.forEach(q -> hands.fail(q, profile, mixed, Optional.of(Nomination.NONE)));
      return Optional.empty();
    }
    long start = nanos.getAsLong();
    List<Trial> trials = new ArrayList<>();
    Status error = null;
    for (QueuedPod q : pods) {
      Trial t = attempt(q, profile);
      trials.add(t);
      if (t.held == null && !t.found.status.isRejected()) {
        error = t.found.status;
        break;
      }
    }
    trials.reversed().forEach(t -> {
      if (t.held != null) {
        Reservation.giveBack(state, t.held);
      }
    });
    long took = nanos.getAsLong() - start;
    if (error != null) {
      return Optional.of(new Result(Outcome.ERROR, failAll(pods, trials, profile, error), took));
    }
    Outcome outcome = outcome(trials);
    conclude(trials, profile, outcome);
    return Optional.of(new Result(outcome, message(outcome), took));
  }

  private static String message(Outcome outcome) {
    return switch (outcome) {
      case SCHEDULED, ERROR -> "";
      case UNSCHEDULABLE -> UNSCHEDULABLE;
      case WAITING_ON_PREEMPTION -> UNSCHEDULABLE + ", " + WAITING;
    };
  }

  private Trial attempt(QueuedPod queued, Profile profile) {
    Found found = hands.find(queued, profile);
    String node = found.node != null ? found.node : found.nomination.map(Nomination::node).filter(n -> !n.isEmpty()).orElse(null);
    if (node == null) {
      return new Trial(queued, found, null, null);
    }
    Attempt a = new Attempt(queued, profile, found.cycle, queued.pod().on(node), found.startedNanos);
    Status taken = Reservation.take(state, a);
    Status permit = taken.isSuccess() ? Reservation.permit(a).status() : taken;
    if (permit.isSuccess() || permit.isWait()) {
      return new Trial(queued, found, a, permit);
    }
    Reservation.giveBack(state, a);
    return new Trial(queued, new Found(null, found.cycle, atNode(queued, node, permit), Optional.of(Nomination.NONE), found.startedNanos),
        null, null);
  }

  private static Status atNode(QueuedPod queued, String node, Status status) {
    if (!status.isRejected()) {
      return status;
    }
    FitError why = new FitError(1);
    why.statuses().put(node, status);
    why.addPlugin(status);
    queued.rejectedBy(why.unschedulablePlugins(), why.pendingPlugins());
    return Status.unschedulable(why.message());
  }

  /** Something unexpected: nobody is scheduled. */
  private String failAll(List<QueuedPod> pods, List<Trial> trials, Profile profile, Status error) {
    Status told = Status.error("failed to schedule other pod from a pod group: " + error.message());
    for (int i = 0; i < pods.size(); i++) {
      boolean own = i < trials.size() && trials.get(i).held == null && trials.get(i).found.status == error;
      hands.fail(pods.get(i), profile, own ? error : told, Optional.of(Nomination.NONE));
    }
    return told.message();
  }

  private static Outcome outcome(List<Trial> trials) {
    boolean evicts = false;
    Outcome outcome = Outcome.UNSCHEDULABLE;
    for (Trial t : trials) {
      evicts |= t.evicts();
      if (t.held != null && t.permit.isSuccess()) {
        outcome = evicts ? Outcome.WAITING_ON_PREEMPTION : Outcome.SCHEDULED;
      }
    }
    return outcome;
  }

  private void conclude(List<Trial> trials, Profile profile, Outcome outcome) {
    boolean mustWait = outcome == Outcome.WAITING_ON_PREEMPTION;
    for (Trial t : trials) {
      if (t.held == null) {
        hands.fail(t.queued, profile, t.found.status, t.found.nomination);
      } else if (outcome == Outcome.SCHEDULED) {
        hands.place(t.held);
      } else if (mustWait && t.evicts()) {
        hands.fail(t.queued, profile, t.found.status, t.found.nomination);
      } else if (mustWait) {
        reject(t, profile, WAITING, Optional.of(new Nomination(t.held.node())));
      } else {
        reject(t, profile, t.permit.message(), Optional.of(Nomination.NONE));
      }
    }
  }

  /** The pod would fit, but its group does not. */
  private void reject(Trial t, Profile profile, String message, Optional<Nomination> nomination) {
    t.queued.rejectedBy(Set.of(GangScheduling.NAME), Set.of());
    hands.fail(t.queued, profile, Status.unschedulable(message), nomination);
  }

  /** Whether a pod is tried with its group. */
  static boolean concerns(Pod pod) {
    return pod.spec().order().group() != null;
  }
}
