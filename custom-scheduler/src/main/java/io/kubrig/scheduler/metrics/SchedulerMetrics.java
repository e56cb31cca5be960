package io.kubrig.scheduler.metrics;

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
  default void sizes(Map<String, Integer> queues, int nodes, int pods) {}

  /** Victims of one preemption. */
  default void preempted(int victims) {}

  /** A preemption was tried. */
  default void preemptionTried() {}
}
