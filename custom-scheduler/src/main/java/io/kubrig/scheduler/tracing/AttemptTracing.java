package io.kubrig.scheduler.tracing;

import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.model.Pod;

/** Follows attempts to schedule pods. Costs nothing when nobody wants to know. */
public interface AttemptTracing {
  /** Follows none. */
  AttemptTracing OFF = new AttemptTracing() {};

  /** An attempt of a profile to schedule a pod begins; {@code attempt} counts from 1. */
  default AttemptSpan begin(Pod pod, String profile, int attempt) {
    return AttemptSpan.NONE;
  }

  /** A task that belongs, when it runs elsewhere and later, to the attempt that the calling thread works for. */
  default SerialWriter.Task carry(SerialWriter.Task task) {
    return task;
  }
}
