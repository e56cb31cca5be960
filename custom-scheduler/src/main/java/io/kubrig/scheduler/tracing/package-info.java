/** Attempts to schedule as spans: {@link io.kubrig.scheduler.tracing.AttemptSpan} is what the scheduler knows of them, the rest is how. */
package io.kubrig.scheduler.tracing;
