/**
 * The upstream scheduler benchmark's cases with a threshold, in process: the scheduler and an API in memory, without sockets. {@link
 * io.kubrig.bench.scheduler.SchedulerPerf} runs them, {@link io.kubrig.bench.scheduler.Templates} makes their objects, {@code
 * workloads.yaml} says what they are.
 */
package io.kubrig.bench.scheduler;
