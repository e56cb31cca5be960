package io.kubrig.operators.cronjob;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.time.Instant;
import java.util.Optional;

/** When a cron job is due. */
public final class Upcoming {
  private Upcoming() {}

  /**
   * The first time of the schedule after another; empty when there is none within five years.
   *
   * @throws IllegalArgumentException the schedule makes no sense
   * @throws java.time.DateTimeException there is no such time zone
   */
  public static Optional<Instant> next(CronJob cron, Instant after) {
    return Schedule.parse(cron.getSpec().getSchedule(), CronJobPlan.zone(cron)).next(after);
  }
}
