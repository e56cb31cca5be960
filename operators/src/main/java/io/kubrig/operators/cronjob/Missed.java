package io.kubrig.operators.cronjob;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The start times of a cron job that have passed.
 *
 * @param earliest from when on start times are looked at
 * @param latest the last one that has passed; empty when none has
 * @param many whether more than a hundred have
 */
record Missed(Instant earliest, Optional<Instant> latest, boolean many) {
  private static final int MANY = 100;

  /**
   * Finds them.
   *
   * @param withDeadline whether those beyond the starting deadline are left out
   * @throws IllegalStateException the schedule never comes
   */
  static Missed of(CronJob cron, Schedule schedule, Instant now, boolean withDeadline) {
    Instant earliest = cron.getStatus() == null ? Objects.created(cron)
        : Objects.time(cron.getStatus().getLastScheduleTime()).orElseGet(() -> Objects.created(cron));
    Long deadline = cron.getSpec().getStartingDeadlineSeconds();
    if (withDeadline && deadline != null && now.minusSeconds(deadline).isAfter(earliest)) {
      earliest = now.minusSeconds(deadline);
    }
    Optional<Instant> first = schedule.next(earliest);
    if (first.isEmpty()) {
      throw new IllegalStateException("time difference between two schedules is less than 1 second");
    }
    if (now.isBefore(first.get())) {
      return new Missed(earliest, Optional.empty(), false);
    }
    Optional<Instant> second = schedule.next(first.get());
    if (second.isEmpty() || now.isBefore(second.get())) {
      return new Missed(earliest, first, false);
    }
    long between = Math.max(1, Duration.between(first.get(), second.get()).toSeconds());
    long count = Duration.between(first.get(), now).toSeconds() / between + 1;
    return new Missed(earliest, Optional.of(last(schedule, first.get(), now, between * Math.max(0, count - 2))), count > MANY);
  }

  /** The last start time up to now, looked for from near it where the schedule is regular. */
  private static Instant last(Schedule schedule, Instant first, Instant now, long skipSeconds) {
    Instant latest = first;
    Optional<Instant> next = schedule.next(first.plusSeconds(skipSeconds));
    while (next.isPresent() && !next.get().isAfter(now)) {
      latest = next.get();
      next = schedule.next(latest);
    }
    return latest;
  }
}
