package io.kubrig.operators.ttlafterfinished;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.Optional;

/** When a job is to be cleared away. */
final class Expiry {
  private Expiry() {}

  /** The moment; empty for a job that has not finished, is being deleted, or may stay. */
  static Optional<Instant> of(Job job) {
    Integer ttl = job.getSpec() == null ? null : job.getSpec().getTtlSecondsAfterFinished();
    if (ttl == null || Objects.isTerminating(job) || job.getStatus() == null) {
      return Optional.empty();
    }
    return Objects.orEmpty(job.getStatus().getConditions()).stream()
        .filter(c -> ("Complete".equals(c.getType()) || "Failed".equals(c.getType())) && "True".equals(c.getStatus()))
        .flatMap(c -> Objects.time(c.getLastTransitionTime()).stream()).findFirst().map(finished -> finished.plusSeconds(ttl));
  }
}
