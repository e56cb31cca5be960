package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.kubrig.operators.cronjob.Upcoming;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.job.Delays;
import io.kubrig.operators.pods.Pods;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What keeps a Job from its end, and a CronJob from its next Job. */
final class JobChain {
  private static final String CONTROLLER = "kubernetes.io/job-controller";

  private JobChain() {}

  static Finding of(Job job, Facts facts) {
    if (Objects.isTerminating(job)) {
      return DeletionChain.of(job, facts);
    }
    String name = Facts.name(job);
    JobStatus status = job.getStatus() == null ? new JobStatus() : job.getStatus();
    Optional<JobCondition> ended = condition(status, "Complete").or(() -> condition(status, "Failed"));
    if (ended.isPresent()) {
      boolean complete = ended.get().getType().equals("Complete");
      Finding end = complete ? Finding.fine(name, "is complete")
          : Finding.blocked(name, "has failed for good").because(failedPods(job, facts));
      return end.seen(text(ended.get()));
    }
    String manager = job.getSpec().getManagedBy();
    if (manager != null && !manager.equals(CONTROLLER)) {
      return Finding.waiting(name, "is the work of another controller").seen("spec.managedBy is " + manager);
    }
    if (Boolean.TRUE.equals(job.getSpec().getSuspend())) {
      return Finding.blocked(name, "is suspended").seen("spec.suspend is true");
    }
    return running(job, status, facts);
  }

  private static Finding running(Job job, JobStatus status, Facts facts) {
    int succeeded = Objects.orElse(status.getSucceeded(), 0);
    int failed = Objects.orElse(status.getFailed(), 0);
    List<Pod> pods = facts.controlledBy(Pod.class, job);
    List<Pod> active = pods.stream().filter(Pods::isActive).toList();
    String wanted = job.getSpec().getCompletions() == null ? "" : " of " + job.getSpec().getCompletions();
    List<String> evidence = new ArrayList<>(List.of("status: " + succeeded + wanted + " succeeded, " + failed + " failed, "
        + active.size() + " at work"));
    Objects.orEmpty(status.getConditions()).stream().filter(c -> "True".equals(c.getStatus())).map(JobChain::text).forEach(evidence::add);
    Optional.ofNullable(job.getSpec().getBackoffLimit()).filter(limit -> failed > 0)
        .ifPresent(limit -> evidence.add("spec.backoffLimit is " + limit));
    deadline(job, status).ifPresent(evidence::add);
    List<Finding> causes = new ArrayList<>(PodChain.held(pods.stream().filter(pod -> !Pods.isFinished(pod)).toList(), 0, facts));
    if (active.isEmpty()) {
      causes.add(backoff(job, pods, facts).orElseGet(() -> ReplicaChain.missing(job, 1, List.of(), facts)));
    }
    if (failed > 0) {
      causes.addAll(failedPods(job, facts));
    }
    return Finding.waiting(Facts.name(job), succeeded + wanted + " done").seen(evidence).because(causes);
  }

  private static Optional<String> deadline(Job job, JobStatus status) {
    Long seconds = job.getSpec().getActiveDeadlineSeconds();
    return seconds == null ? Optional.empty() : Objects.time(status.getStartTime())
        .map(start -> "spec.activeDeadlineSeconds is " + seconds + ": it may run until " + start.plusSeconds(seconds));
  }

  /** The pause after failed pods, as the job controller counts it. */
  private static Optional<Finding> backoff(Job job, List<Pod> pods, Facts facts) {
    List<Pod> succeeded = pods.stream().filter(pod -> Pods.phase(pod).equals("Succeeded")).toList();
    List<Pod> failed = pods.stream().filter(pod -> Pods.phase(pod).equals("Failed")).toList();
    Duration left = Delays.NONE.after(succeeded, failed).remaining(facts.now());
    return left.isZero() ? Optional.empty() : Optional.of(Finding.waiting("pods of " + Facts.name(job),
        "the next is made in " + Words.time(left) + ", at " + facts.now().plus(left).truncatedTo(ChronoUnit.SECONDS))
        .seen("back-off after failed pods"));
  }

  private static List<Finding> failedPods(Job job, Facts facts) {
    return PodChain.held(facts.controlledBy(Pod.class, job).stream().filter(pod -> Pods.phase(pod).equals("Failed"))
        .filter(pod -> !Objects.isTerminating(pod)).toList(), 0, facts);
  }

  private static Optional<JobCondition> condition(JobStatus status, String type) {
    return Objects.orEmpty(status.getConditions()).stream().filter(c -> c.getType().equals(type) && "True".equals(c.getStatus()))
        .findFirst();
  }

  private static String text(JobCondition c) {
    return Words.condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage());
  }

  static Finding of(CronJob cron, Facts facts) {
    if (Objects.isTerminating(cron)) {
      return DeletionChain.of(cron, facts);
    }
    String name = Facts.name(cron);
    if (Boolean.TRUE.equals(cron.getSpec().getSuspend())) {
      return Finding.blocked(name, "is suspended: no job is made").seen("spec.suspend is true");
    }
    Optional<Instant> next;
    try {
      next = Upcoming.next(cron, facts.now());
    } catch (IllegalArgumentException | DateTimeException e) {
      return Finding.blocked(name, "its schedule makes no sense: " + e.getMessage())
          .seen("spec.schedule is " + cron.getSpec().getSchedule()).seen(facts.events(cron));
    }
    List<String> evidence = new ArrayList<>(List.of("spec.schedule is " + cron.getSpec().getSchedule()
        + (cron.getSpec().getTimeZone() == null ? "" : " (" + cron.getSpec().getTimeZone() + ")")));
    if (cron.getStatus() != null && cron.getStatus().getLastScheduleTime() != null) {
      evidence.add("status.lastScheduleTime is " + cron.getStatus().getLastScheduleTime());
    }
    String due = next.map(time -> "the next job is due in " + Words.time(Duration.between(facts.now(), time)) + ", at " + time)
        .orElse("its schedule has no time in the next five years");
    List<String> missed = facts.events(cron, "MissSchedule", "TooManyMissedTimes", "FailedNeedsStart", "FailedCreate", "JobAlreadyActive");
    List<Job> active = facts.controlledBy(Job.class, cron).stream().filter(job -> condition(
        job.getStatus() == null ? new JobStatus() : job.getStatus(), "Complete").isEmpty()).toList();
    List<Finding> causes = active.stream().map(job -> of(job, facts)).filter(finding -> finding.standing() != Standing.FINE).toList();
    boolean forbids = "Forbid".equals(cron.getSpec().getConcurrencyPolicy());
    Optional.ofNullable(cron.getSpec().getStartingDeadlineSeconds())
        .ifPresent(seconds -> evidence.add("spec.startingDeadlineSeconds is " + seconds));
    if (forbids && !causes.isEmpty()) {
      return Finding.waiting(name, "makes no job while another one runs; " + due).seen(evidence)
          .seen("spec.concurrencyPolicy is Forbid").seen(missed).because(causes);
    }
    return new Finding(name, next.isEmpty() ? Standing.BLOCKED : causes.isEmpty() ? Standing.FINE : Standing.WAITING, due, evidence, causes)
        .seen(missed);
  }
}
