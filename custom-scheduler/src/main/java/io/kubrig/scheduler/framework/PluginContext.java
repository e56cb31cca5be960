package io.kubrig.scheduler.framework;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.events.EventRecorder;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.state.ClusterState;
import java.util.random.RandomGenerator;

/**
 * What plugins may use. The state belongs to the scheduling thread: plugin code on other threads (PreBind, Bind) must not touch it, and
 * comes back through {@link Loop#post}.
 */
public record PluginContext(ClusterState state, ClusterApi api, SerialWriter writer, EventRecorder events, Clock clock,
    RandomGenerator random,
    SchedulerMetrics metrics, Loop loop) {

  /** The scheduling thread's door. */
  public interface Loop {
    /** Runs a task on the scheduling thread, between two attempts. */
    void post(Runnable task);

    /** Puts a waiting pod into the active queue, whatever it waits for. Only on the scheduling thread. */
    void activate(String uid);

    /** Asks the PreEnqueue plugins again about a pod that one of them has kept out. Only on the scheduling thread. */
    void ungate(String uid);

    /**
     * Turns down a pod that waits at a Permit plugin, or calls back one that its PreBind plugins are at work for; returns whether it
     * was one of these. Only on the scheduling thread.
     */
    boolean rejectWaiting(String uid, String plugin, String reason);

    /** Lets a pod pass that waits at a Permit plugin. Only on the scheduling thread. */
    void allowWaiting(String uid, String plugin);

    /** Tells the queue that something changed which is not an event of the API. Only on the scheduling thread. */
    void happened(EventKind event, Object before, Object after);
  }
}
