package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.tracing.AttemptSpan;
import java.util.function.LongSupplier;

/** Measures how long the plugins of one extension point after the other take, for one profile. */
final class Phases {
  private final SchedulerMetrics metrics;
  private final LongSupplier nanos;
  private final String profile;
  private final AttemptSpan span;
  private long since;

  Phases(SchedulerMetrics metrics, LongSupplier nanos, String profile, AttemptSpan span) {
    this.metrics = metrics;
    this.nanos = nanos;
    this.profile = profile;
    this.span = span;
    this.since = nanos.getAsLong();
  }

  /** A phase begins now; what came before is nobody's. */
  void begin() {
    since = nanos.getAsLong();
  }

  /** When the last phase was over. */
  long since() {
    return since;
  }

  /** A phase is over, and the next begins. */
  void over(ExtensionPoint point, Code outcome) {
    long now = nanos.getAsLong();
    metrics.ran(profile, point, outcome, now - since);
    span.ran(point, outcome, since, now);
    since = now;
  }
}
