/**
 * The upstream scheduler benchmark: {@link io.kubrig.bench.scheduler.Cases} reads what its 242 workloads are, {@link
 * io.kubrig.bench.scheduler.WorkloadRun} does their steps on a {@link io.kubrig.bench.scheduler.Stage}: {@link
 * io.kubrig.bench.scheduler.InProcess} without sockets, or {@link io.kubrig.bench.scheduler.OverHttp} with any scheduler as a process of
 * its own.
 */
package io.kubrig.bench.scheduler;
