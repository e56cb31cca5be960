package io.kubrig.operators.cronjob;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.kubrig.operators.engine.Objects;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a cron job is to do now.
 *
 * @param told events, in their order
 * @param expire finished jobs beyond the history limits
 * @param replace running jobs that make way for the new one
 * @param start the start time of the job to make; empty for none
 * @param status the status without the new job
 * @param recheck when to look again
 */
record CronJobPlan(List<Told> told, List<Job> expire, List<ObjectReference> replace, Optional<Instant> start, CronJobStatus status,
    Optional<Duration> recheck) {
  private static final Duration SLACK = Duration.ofMillis(100);
  private static final DateTimeFormatter RFC_1123 = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss xx", Locale.ROOT);

  /** What is known. @param jobs the jobs that the cron job controls; @param missing active references whose jobs are surely gone */
  record Observed(CronJob cron, List<Job> jobs, List<ObjectReference> missing, Instant now) {}

  /** An event. */
  record Told(boolean warning, String reason, String message) {}

  /** The name of the job of a start time. */
  static String jobName(CronJob cron, Instant start) {
    return cron.getMetadata().getName() + "-" + start.getEpochSecond() / 60;
  }

  /** The time zone of the schedule. @throws DateTimeException there is no such zone */
  static ZoneId zone(CronJob cron) {
    String zone = cron.getSpec().getTimeZone();
    return zone == null || zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(zone);
  }

  static CronJobPlan of(Observed seen) {
    return new Planner(seen).plan();
  }

  private static final class Planner {
    private final Observed seen;
    private final CronJob cron;
    private final CronJobStatus status;
    private final List<ObjectReference> active;
    private final List<Told> told = new ArrayList<>();
    private final List<Job> expire = new ArrayList<>();

    Planner(Observed seen) {
      this.seen = seen;
      this.cron = seen.cron();
      this.status = cron.getStatus() == null ? new CronJobStatus() : Objects.copy(cron.getStatus());
      this.active = new ArrayList<>(Objects.orEmpty(status.getActive()));
    }

    CronJobPlan plan() {
      expire("Complete", cron.getSpec().getSuccessfulJobsHistoryLimit());
      expire("Failed", cron.getSpec().getFailedJobsHistoryLimit());
      seen.jobs().forEach(this::follow);
      for (ObjectReference gone : seen.missing()) {
        if (active.removeIf(reference -> reference.getUid().equals(gone.getUid()))) {
          tell(false, "MissingJob", "Active job went missing: " + gone.getName());
        }
      }
      if (Objects.isTerminating(cron)) {
        return done(Optional.empty());
      }
      try {
        return schedule().map(this::run).orElseGet(() -> done(Optional.empty()));
      } catch (IllegalStateException e) {
        tell(true, "InvalidSchedule", "invalid schedule: " + cron.getSpec().getSchedule() + " : " + e.getMessage());
        return done(Optional.empty());
      }
    }

    private void tell(boolean warning, String reason, String message) {
      told.add(new Told(warning, reason, message));
    }

    private static Optional<JobCondition> finished(Job job) {
      return job.getStatus() == null ? Optional.empty() : Objects.orEmpty(job.getStatus().getConditions()).stream()
          .filter(c -> ("Complete".equals(c.getType()) || "Failed".equals(c.getType())) && "True".equals(c.getStatus())).findFirst();
    }

    private void follow(Job job) {
      Optional<JobCondition> finished = finished(job);
      boolean known = active.stream().anyMatch(reference -> reference.getUid().equals(job.getMetadata().getUid()));
      if (!known && finished.isEmpty()) {
        tell(true, "UnexpectedJob", "Saw a job that the controller did not create or forgot: " + job.getMetadata().getName());
      } else if (known && finished.isPresent()) {
        active.removeIf(reference -> reference.getUid().equals(job.getMetadata().getUid()));
        tell(false, "SawCompletedJob",
            "Saw completed job: " + job.getMetadata().getName() + ", condition: " + finished.get().getType());
      }
      if (finished.filter(condition -> condition.getType().equals("Complete")).isPresent()) {
        Optional<Instant> end = Objects.time(job.getStatus().getCompletionTime());
        Optional<Instant> last = Objects.time(status.getLastSuccessfulTime());
        if (end.isPresent() && (last.isEmpty() || end.get().isAfter(last.get()))) {
          status.setLastSuccessfulTime(job.getStatus().getCompletionTime());
        }
      }
    }

    private void expire(String type, Integer limit) {
      if (limit == null) {
        return;
      }
      Function<Job, Instant> start = job -> Objects.time(job.getStatus().getStartTime()).orElse(Instant.MAX);
      List<Job> jobs = seen.jobs().stream().filter(job -> !Objects.isTerminating(job))
          .filter(job -> finished(job).filter(condition -> condition.getType().equals(type)).isPresent())
          .sorted(Comparator.comparing(start).thenComparing(job -> job.getMetadata().getName())).toList();
      expire.addAll(jobs.subList(0, Math.max(0, jobs.size() - limit)));
    }

    private Optional<Schedule> schedule() {
      ZoneId zone;
      try {
        zone = zone(cron);
      } catch (DateTimeException e) {
        tell(true, "UnknownTimeZone",
            "invalid timeZone: \"" + cron.getSpec().getTimeZone() + "\": unknown time zone " + cron.getSpec().getTimeZone());
        return Optional.empty();
      }
      if (Boolean.TRUE.equals(cron.getSpec().getSuspend())) {
        return Optional.empty();
      }
      try {
        return Optional.of(Schedule.parse(cron.getSpec().getSchedule(), zone));
      } catch (IllegalArgumentException | DateTimeException e) {
        tell(true, "UnparseableSchedule", "unparseable schedule: \"" + cron.getSpec().getSchedule() + "\" : " + e.getMessage());
        return Optional.empty();
      }
    }

    private CronJobPlan run(Schedule schedule) {
      Missed missed = Missed.of(cron, schedule, seen.now(), true);
      if (missed.many()) {
        tell(true, "TooManyMissedTimes",
            "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew");
      }
      Optional<Duration> next = next(schedule, cron);
      if (missed.latest().isEmpty()) {
        return done(next);
      }
      Instant start = missed.latest().get();
      Long deadline = cron.getSpec().getStartingDeadlineSeconds();
      if (deadline != null && start.plusSeconds(deadline).isBefore(seen.now())) {
        tell(true, "MissSchedule", "Missed scheduled time to start a job: " + RFC_1123.format(start.atZone(ZoneOffset.UTC)));
        return done(next);
      }
      boolean started = active.stream().anyMatch(reference -> reference.getName().equals(jobName(cron, start)))
          || Objects.time(status.getLastScheduleTime()).filter(start::equals).isPresent();
      return started ? done(next) : begin(schedule, start, next);
    }

    private CronJobPlan begin(Schedule schedule, Instant start, Optional<Duration> next) {
      String policy = String.valueOf(cron.getSpec().getConcurrencyPolicy());
      if (policy.equals("Forbid") && !active.isEmpty()) {
        tell(false, "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid");
        return done(next);
      }
      List<ObjectReference> replace = policy.equals("Replace") ? List.copyOf(active) : List.of();
      status.setActive(active);
      return new CronJobPlan(told, expire, replace, Optional.of(start), status, until(schedule, start));
    }

    private CronJobPlan done(Optional<Duration> next) {
      status.setActive(active);
      return new CronJobPlan(told, expire, List.of(), Optional.empty(), status, next);
    }

    private Optional<Duration> next(Schedule schedule, CronJob cron) {
      Missed missed = Missed.of(cron, schedule, seen.now(), false);
      return until(schedule, missed.latest().orElse(missed.earliest()));
    }

    private Optional<Duration> until(Schedule schedule, Instant after) {
      return schedule.next(after).map(time -> Duration.between(seen.now(), time.plus(SLACK)))
          .map(delay -> delay.isPositive() ? delay : SLACK);
    }
  }

  /** The active references by uid. */
  static Map<String, ObjectReference> activeByUid(CronJob cron) {
    List<ObjectReference> active = cron.getStatus() == null ? List.of() : Objects.orEmpty(cron.getStatus().getActive());
    return active.stream().collect(Collectors.toMap(ObjectReference::getUid, reference -> reference, (a, b) -> a));
  }
}
