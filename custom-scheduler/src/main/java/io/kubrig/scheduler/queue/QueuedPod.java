package io.kubrig.scheduler.queue;

import io.kubrig.scheduler.framework.QueueSortPlugin;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.tracing.AttemptSpan;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;

/** A pod that waits to be scheduled, with what became of earlier attempts. Changed by the scheduling thread only. */
public final class QueuedPod implements QueueSortPlugin.Entry {
  /** Where the pod is. */
  enum Place { NONE, ACTIVE, BACKOFF, ERROR_BACKOFF, UNSCHEDULABLE, GATED, IN_FLIGHT }

  Pod pod;
  Place place = Place.NONE;
  Instant queuedAt;
  Instant initialAttempt;
  int attempts;
  int unschedulableCount;
  int consecutiveErrors;
  String gatedBy = "";
  boolean wasFlushed;
  private AttemptSpan span = AttemptSpan.NONE;
  /** The order of arrival, which makes the order of the queue total. */
  final long sequence;
  /** Where the pod sorts in a back-off queue while it is there. */
  long backoffWindow;
  final Set<String> unschedulablePlugins = new LinkedHashSet<>();
  final Set<String> pendingPlugins = new LinkedHashSet<>();

  QueuedPod(Pod pod, Instant now, long sequence) {
    this.pod = pod;
    this.queuedAt = now;
    this.sequence = sequence;
  }

  @Override
  public Pod pod() {
    return pod;
  }

  @Override
  public Instant queuedAt() {
    return queuedAt;
  }

  /** How often it was tried, the present attempt included. */
  public int attempts() {
    return attempts;
  }

  /** Whether nothing but the time that it has waited made the present attempt worthwhile. */
  public boolean wasFlushed() {
    return wasFlushed;
  }

  /** When it was tried first; null before that. */
  public Instant initialAttempt() {
    return initialAttempt;
  }

  /** The plugins that have turned it down last. */
  public void rejectedBy(Set<String> unschedulable, Set<String> pending) {
    unschedulablePlugins.addAll(unschedulable);
    pendingPlugins.addAll(pending);
  }

  /** From now on the attempt under way is followed. */
  public void followedBy(AttemptSpan follower) {
    span = follower;
  }

  /** Who follows the attempt under way. */
  public AttemptSpan span() {
    return span;
  }

  @Override
  public String toString() {
    return pod.key();
  }
}
