package io.kubrig.operators.job;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.DeletionOrder;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is to be done about a job's pods.
 *
 * @param verdict the condition that says that the job is over, and how; empty while it goes on
 * @param delete pods that are to go
 * @param uncount whether the deleted ones do not count as failed: their finalizer goes first
 * @param create the indexes of new pods; -1 for one without
 * @param recheck when to look again though nothing happens
 * @param managed whether pods were counted against what is wanted, so that a suspension can be told
 */
record JobPlan(Optional<JobCondition> verdict, List<Pod> delete, boolean uncount, List<Integer> create, Optional<Duration> recheck,
    boolean managed) {
  private static final int MOST = 500;

  static JobPlan of(JobFacts facts) {
    Optional<JobCondition> verdict = verdict(facts);
    if (verdict.isPresent()) {
      return new JobPlan(verdict, facts.active, false, List.of(), Optional.empty(), false);
    }
    Optional<Duration> deadline = untilDeadline(facts);
    if (Objects.isTerminating(facts.job)) {
      return new JobPlan(Optional.empty(), List.of(), false, List.of(), deadline, false);
    }
    JobPlan plan = facts.suspended() ? deletion(facts, facts.active.size(), deadline) : manage(facts, deadline);
    return plan;
  }

  /** The condition that all pods having ended makes true. */
  static Optional<JobCondition> completed(JobFacts facts, int active) {
    Integer completions = facts.job.getSpec().getCompletions();
    boolean done = active == 0 && (completions == null ? facts.succeeded > 0 : facts.succeeded >= completions);
    return done ? Optional.of(Conditions.of(Conditions.SUCCESS_CRITERIA_MET, "True", "CompletionsReached",
        "Reached expected number of succeeded pods", facts.now)) : Optional.empty();
  }

  private static Optional<JobCondition> verdict(JobFacts facts) {
    Job job = facts.job;
    return Conditions.met(job, Conditions.SUCCESS_CRITERIA_MET)
        .or(() -> Conditions.met(job, Conditions.FAILURE_TARGET))
        .or(() -> byFailurePolicy(facts))
        .or(() -> byLimit(facts))
        .or(() -> byIndexes(facts));
  }

  private static JobCondition failure(JobFacts facts, String reason, String message) {
    return Conditions.of(Conditions.FAILURE_TARGET, "True", reason, message, facts.now);
  }

  private static Optional<JobCondition> byFailurePolicy(JobFacts facts) {
    return facts.pods.stream().filter(pod -> JobPods.isFailed(facts.job, pod)).map(pod -> FailurePolicy.of(facts.job, pod).failure())
        .filter(java.util.Objects::nonNull).findFirst().map(message -> failure(facts, "PodFailurePolicy", message));
  }

  private static Optional<JobCondition> byLimit(JobFacts facts) {
    if (facts.failed > Objects.orElse(facts.job.getSpec().getBackoffLimit(), 6) || tooManyRestarts(facts)) {
      return Optional.of(failure(facts, "BackoffLimitExceeded", "Job has reached the specified backoff limit"));
    }
    if (untilDeadline(facts).filter(left -> !left.isPositive()).isPresent()) {
      return Optional.of(failure(facts, "DeadlineExceeded", "Job was active longer than specified deadline"));
    }
    return Optional.empty();
  }

  private static boolean tooManyRestarts(JobFacts facts) {
    if (!"OnFailure".equals(facts.job.getSpec().getTemplate().getSpec().getRestartPolicy())) {
      return false;
    }
    int restarts = facts.pods.stream().filter(pod -> Pods.phase(pod).equals("Running") || Pods.phase(pod).equals("Pending"))
        .flatMap(pod -> Stream.concat(Objects.orEmpty(pod.getStatus().getInitContainerStatuses()).stream(),
            Objects.orEmpty(pod.getStatus().getContainerStatuses()).stream()))
        .map(ContainerStatus::getRestartCount).mapToInt(count -> Objects.orElse(count, 0)).sum();
    int limit = Objects.orElse(facts.job.getSpec().getBackoffLimit(), 6);
    return limit == 0 ? restarts > 0 : restarts >= limit;
  }

  private static Optional<Duration> untilDeadline(JobFacts facts) {
    Long seconds = facts.job.getSpec().getActiveDeadlineSeconds();
    Optional<Instant> start = Objects.time(Conditions.status(facts.job).getStartTime());
    if (seconds == null || facts.suspended()) {
      return Optional.empty();
    }
    return Optional.of(Duration.between(facts.now, start.orElse(facts.now).plusSeconds(seconds)));
  }

  private static Optional<JobCondition> byIndexes(JobFacts facts) {
    if (!facts.indexed()) {
      return Optional.empty();
    }
    if (facts.perIndex()) {
      Integer most = facts.job.getSpec().getMaxFailedIndexes();
      if (most != null && facts.failedIndexes.size() > most) {
        return Optional.of(failure(facts, "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes"));
      }
      if (!facts.failedIndexes.isEmpty() && facts.failedIndexes.size() + facts.succeededIndexes.size() >= facts.completions) {
        return Optional.of(failure(facts, "FailedIndexes", "Job has failed indexes"));
      }
    }
    return SuccessPolicy.met(facts.job, facts.succeededIndexes)
        .map(message -> Conditions.of(Conditions.SUCCESS_CRITERIA_MET, "True", "SuccessPolicy", message, facts.now));
  }

  private static int wanted(JobFacts facts) {
    if (facts.job.getSpec().getCompletions() == null) {
      return facts.succeeded > 0 ? facts.active.size() : facts.parallelism();
    }
    return Math.max(0, Math.min(facts.completions - facts.succeeded, facts.parallelism()));
  }

  private static JobPlan manage(JobFacts facts, Optional<Duration> deadline) {
    int active = facts.active.size();
    int wanted = wanted(facts);
    JobPlan deletion = deletion(facts, active - wanted, deadline);
    if (!deletion.delete().isEmpty()) {
      return deletion;
    }
    int missing = Math.min(MOST, wanted - active - (JobPods.replacesFailedOnly(facts.job) ? facts.terminating : 0));
    if (missing <= 0) {
      return deletion;
    }
    if (!facts.perIndex()) {
      Duration pause = facts.delays.remaining(facts.now);
      if (pause.isPositive()) {
        return rechecked(deadline, pause);
      }
    }
    return facts.indexed() ? indexed(facts, missing, deadline) : creation(Collections.nCopies(missing, -1), deadline);
  }

  private static JobPlan creation(List<Integer> indexes, Optional<Duration> deadline) {
    return new JobPlan(Optional.empty(), List.of(), false, indexes, deadline, true);
  }

  private static JobPlan rechecked(Optional<Duration> deadline, Duration pause) {
    Duration first = deadline.filter(left -> left.compareTo(pause) < 0).orElse(pause);
    return new JobPlan(Optional.empty(), List.of(), false, List.of(), Optional.of(first), true);
  }

  private static JobPlan indexed(JobFacts facts, int missing, Optional<Duration> deadline) {
    IndexSet taken = facts.indexesOf(facts.active).plus(facts.succeededIndexes).plus(facts.failedIndexes);
    if (JobPods.replacesFailedOnly(facts.job)) {
      taken = taken.plus(facts.indexesOf(facts.pods.stream().filter(Pods::isTerminating).toList()));
    }
    List<Integer> pending = taken.firstMissing(missing, facts.completions);
    Map<Integer, Pod> failed = facts.lastFailed();
    List<Integer> ripe = new ArrayList<>();
    Duration next = null;
    for (int index : pending) {
      Duration pause = failed.containsKey(index)
          ? Delays.remaining(JobPods.allFailuresBefore(failed.get(index)) + 1, JobPods.ended(failed.get(index)), facts.now) : Duration.ZERO;
      if (!pause.isPositive()) {
        ripe.add(index);
      } else if (next == null || pause.compareTo(next) < 0) {
        next = pause;
      }
    }
    return ripe.isEmpty() && next != null ? rechecked(deadline, next) : creation(ripe, deadline);
  }

  /** Takes away pods of invalid or doubled indexes, and so many others. */
  private static JobPlan deletion(JobFacts facts, int atLeast, Optional<Duration> deadline) {
    List<Pod> delete = new ArrayList<>();
    List<Pod> left = new ArrayList<>();
    List<Pod> ordered = DeletionOrder.sorted(facts.active, List.of(), facts.now);
    IndexSet seen = new IndexSet();
    for (Pod pod : ordered.reversed()) {
      boolean superfluous = facts.indexed() && (!facts.hasValidIndex(pod) || seen.has(JobPods.index(pod)));
      (superfluous ? delete : left).addFirst(pod);
      if (facts.indexed() && facts.hasValidIndex(pod)) {
        seen.add(JobPods.index(pod));
      }
    }
    for (Pod pod : left) {
      if (delete.size() >= atLeast) {
        break;
      }
      delete.add(pod);
    }
    List<Pod> limited = delete.size() > MOST ? delete.subList(0, MOST) : delete;
    return new JobPlan(Optional.empty(), List.copyOf(limited), true, List.of(), deadline, true);
  }
}
