package io.kubrig.scheduler.metrics;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.queue.QueuedPod;
import java.time.Instant;
import java.util.Map;

/** What the scheduler counts and measures. */
public interface SchedulerMetrics {
  /** Counts nothing. */
  SchedulerMetrics NONE = new SchedulerMetrics() {};

  /** How long the search for a node took. */
  default void algorithm(long nanos) {}

  /** A pod was bound. */
  default void scheduled(String profile, QueuedPod pod, long nanos, Instant now) {}

  /** An attempt failed. */
  default void failed(String profile, Status status, long nanos) {}

  /** How much is waiting and known. */
  default void sizes(Map<String, Integer> queues, int nodes, int pods, int assumedPods) {}

  /** Victims of one preemption. */
  default void preempted(int victims) {}

  /** The victims of one preemption were evicted, or not all of them could be. */
  default void evicted(boolean all, long nanos) {}

  /** A claim for extended resources was created, or could not be. */
  default void claimCreated(boolean ok) {}

  /** A pod group was tried as a whole. */
  default void groupTried(String profile, String result, long algorithmNanos, long nanos) {}

  /** A preemption was tried. */
  default void preemptionTried() {}

  /** All plugins of an extension point have run. */
  default void ran(String profile, ExtensionPoint point, Code outcome, long nanos) {}

  /** A plugin was asked so often. */
  default void evaluated(String profile, ExtensionPoint point, String plugin, int times) {}

  /** A pod was put into a queue (named as in {@code scheduler_pending_pods}) because of an event. */
  default void queued(String queue, String event) {}

  /** So many more ({@code by} 1) or fewer (−1) pods are turned down by a plugin. */
  default void unschedulable(String plugin, String profile, int by) {}

  /** A pod has waited for Permit plugins, with what result. */
  default void permitWaited(Code outcome, long nanos) {}

  /** A node has turned down a pod that was bound to it, for a reason such as {@code OutOfcpu}. */
  default void turnedDown(String reason) {}

  /** So many more or fewer pods are being bound. */
  default void binding(int by) {}
}
