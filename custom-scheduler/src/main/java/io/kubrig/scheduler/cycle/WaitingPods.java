package io.kubrig.scheduler.cycle;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Pods that have a node but must wait because a Permit plugin said so. Belongs to the scheduling thread. */
final class WaitingPods {
  private static final class Waiting {
    final Attempt attempt;
    final long since;
    final Map<String, Clock.Timer> timers = new HashMap<>();

    Waiting(Attempt attempt, long since) {
      this.attempt = attempt;
      this.since = since;
    }
  }

  private final Map<String, Waiting> byUid = new HashMap<>();
  private final Clock clock;
  private final EventLoop loop;
  private final Consumer<Attempt> allowed;
  private final BiConsumer<Attempt, Status> rejected;
  private final SchedulerMetrics metrics;

  WaitingPods(Clock clock, EventLoop loop, Consumer<Attempt> allowed, BiConsumer<Attempt, Status> rejected, SchedulerMetrics metrics) {
    this.metrics = metrics;
    this.clock = clock;
    this.loop = loop;
    this.allowed = allowed;
    this.rejected = rejected;
  }

  /** Lets a pod wait for some plugins, each with its own deadline. */
  void add(Attempt attempt, Map<String, Duration> plugins) {
    Waiting w = new Waiting(attempt, clock.nanos());
    byUid.put(attempt.pod().uid(), w);
    plugins.forEach((plugin, timeout) -> w.timers.put(plugin, clock.after(timeout, () -> loop.post(() -> reject(attempt.pod().uid(), plugin,
        "rejected due to timeout after waiting " + timeout.toSeconds() + "s at plugin " + plugin)))));
  }

  /** One plugin lets the pod pass; when it was the last one, the pod is bound. */
  void allow(String uid, String plugin) {
    Waiting w = byUid.get(uid);
    if (w == null) {
      return;
    }
    Clock.Timer timer = w.timers.remove(plugin);
    if (timer != null) {
      timer.cancel();
    }
    if (w.timers.isEmpty()) {
      byUid.remove(uid);
      metrics.permitWaited(Code.SUCCESS, clock.nanos() - w.since);
      allowed.accept(w.attempt);
    }
  }

  /** Turns a waiting pod down; returns whether it was waiting. */
  boolean reject(String uid, String plugin, String reason) {
    Waiting w = byUid.remove(uid);
    if (w == null) {
      return false;
    }
    w.timers.values().forEach(Clock.Timer::cancel);
    metrics.permitWaited(Code.UNSCHEDULABLE, clock.nanos() - w.since);
    rejected.accept(w.attempt, Status.unschedulable(reason).from(plugin));
    return true;
  }
}
