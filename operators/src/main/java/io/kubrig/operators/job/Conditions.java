package io.kubrig.operators.job;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conditions of a job. */
final class Conditions {
  static final String COMPLETE = "Complete";
  static final String FAILED = "Failed";
  static final String SUSPENDED = "Suspended";
  static final String FAILURE_TARGET = "FailureTarget";
  static final String SUCCESS_CRITERIA_MET = "SuccessCriteriaMet";

  private Conditions() {}

  static JobCondition of(String type, String status, String reason, String message, Instant now) {
    return new JobConditionBuilder().withType(type).withStatus(status).withReason(reason).withMessage(message)
        .withLastProbeTime(Objects.time(now)).withLastTransitionTime(Objects.time(now)).build();
  }

  static JobStatus status(Job job) {
    return job.getStatus() == null ? new JobStatus() : job.getStatus();
  }

  static Optional<JobCondition> find(JobStatus status, String type) {
    return Objects.orEmpty(status.getConditions()).stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  /** The condition of a type if it is True. */
  static Optional<JobCondition> met(Job job, String type) {
    return find(status(job), type).filter(c -> "True".equals(c.getStatus()));
  }

  static boolean isFinished(Job job) {
    return met(job, COMPLETE).isPresent() || met(job, FAILED).isPresent();
  }

  /** Puts a condition into a status. A new one that is False says nothing and is left out. Returns whether the status changed. */
  static boolean ensure(JobStatus status, JobCondition condition) {
    List<JobCondition> all = new ArrayList<>(Objects.orEmpty(status.getConditions()));
    Optional<JobCondition> old = find(status, condition.getType());
    if (old.isEmpty()) {
      if ("False".equals(condition.getStatus())) {
        return false;
      }
      all.add(condition);
    } else {
      boolean same = old.get().getStatus().equals(condition.getStatus()) && condition.getReason().equals(old.get().getReason())
          && condition.getMessage().equals(old.get().getMessage());
      if (same) {
        return false;
      }
      all.set(all.indexOf(old.get()), condition);
    }
    status.setConditions(all);
    return true;
  }
}
