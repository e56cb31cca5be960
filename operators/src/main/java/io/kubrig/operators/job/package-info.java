/**
 * Jobs: pods that run to an end, each counted exactly once.
 *
 * <p>Every pod carries a finalizer until its end is in the job's status. So a pass is: {@code JobPlan} decides what to make and delete
 * and whether the job is over; its writes are done; {@code JobAccounting} notes ended pods in the status as uncounted, that is written,
 * their finalizers are taken off, and then they are counts. {@code JobFacts} is what is known of a job, {@code IndexSet} a set of
 * completion indexes, {@code FailurePolicy} and {@code SuccessPolicy} the rules of the spec, {@code Delays} the pauses after failures.
 */
package io.kubrig.operators.job;
