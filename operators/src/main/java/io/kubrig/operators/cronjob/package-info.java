/**
 * CronJobs: jobs by the clock.
 *
 * <p>{@link io.kubrig.operators.cronjob.CronJobController} observes and acts, {@code CronJobPlan} decides, {@code Schedule} is a cron
 * expression, {@code Missed} finds the start time that is due.
 */
package io.kubrig.operators.cronjob;
