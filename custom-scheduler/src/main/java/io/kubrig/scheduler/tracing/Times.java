package io.kubrig.scheduler.tracing;

import io.kubrig.machinery.clock.Clock;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;
import java.time.Instant;

/** The clock of one attempt: the time of day when it began, and from there on what the clock says in nanoseconds. */
record Times(Clock clock, Instant began, long beganNanos) implements ImplicitContextKeyed {
  private static final ContextKey<Times> KEY = ContextKey.named("times of an attempt");

  /** Of an attempt that begins now. */
  static Times from(Clock clock) {
    return new Times(clock, clock.now(), clock.nanos());
  }

  /** Of the attempt that a context belongs to; null when it belongs to none. */
  static Times of(Context context) {
    return context.get(KEY);
  }

  /** The time of day at a reading of the clock's nanoseconds. */
  Instant at(long nanos) {
    return began.plusNanos(nanos - beganNanos);
  }

  Instant now() {
    return at(clock.nanos());
  }

  @Override
  public Context storeInContext(Context context) {
    return context.with(KEY, this);
  }
}
