package io.kubrig.bench.scheduler;

import io.kubrig.scheduler.config.SchedulerConfiguration;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs workloads of the upstream benchmark in process and prints a JSON object a line for each: {@code SchedulerPerf [NAME…]}; which
 * names there are says {@link Cases#select}. At the end a table of the ratios to upstream's thresholds: {@link Summary}.
 *
 * <p>{@code -Dpatience=S} says how many seconds a step may take. A workload that does not end in time is told as such, and the next one
 * runs.
 *
 * <p>A scheduler that has just been started is not what is measured: before the first large workload {@value #WARMING} runs, and before
 * each of them a tenth of itself, all of which is not counted.
 *
 * <p>What is measured: the pods are created while the scheduler is held back; the time runs from its release until the last one is bound.
 * {@code perSecond} is by the wall clock; {@code perCpuSecond} by the processor time of the whole process, compiler, garbage collection and
 * the API in memory included, which a busy machine distorts less; {@code perDecidingSecond} by that of the deciding thread.
 */
public final class SchedulerPerf {
  private static final String WARMING = "SchedulingBasic/5000Nodes_10000Pods";
  private static final OperatingSystemMXBean MACHINE = ManagementFactory.getOperatingSystemMXBean();

  private SchedulerPerf() {}

  public static void main(String[] args) throws InterruptedException {
    Cases cases = new Cases();
    List<Result> results = new ArrayList<>();
    boolean failed = false;
    double load = MACHINE.getSystemLoadAverage();
    long begun = System.nanoTime();
    List<Workload> chosen = cases.select(List.of(args));
    if (chosen.stream().anyMatch(Workload::isLarge)) {
      run(cases, cases.select(List.of(WARMING)).getFirst());
    }
    for (Workload w : chosen) {
      try {
        if (w.isLarge()) {
          run(cases, w.tenth());
        }
        Result r = run(cases, w);
        results.add(r);
        System.out.println(r.json());
      } catch (IllegalStateException e) {
        failed = true;
        System.out.println("{\"workload\":\"" + w.id() + "\",\"failed\":\"" + e.getMessage() + "\"}");
      }
    }
    System.out.print(new Summary(results).table());
    System.out.printf("# %d s, %d processors, load average of the last minute %.1f before and %.1f after%n",
        Duration.ofNanos(System.nanoTime() - begun).toSeconds(), MACHINE.getAvailableProcessors(), load, MACHINE.getSystemLoadAverage());
    System.exit(failed ? 1 : 0);
  }

  private static Result run(Cases cases, Workload w) throws InterruptedException {
    Progress progress = new Progress();
    try (Stage stage = new InProcess(SchedulerConfiguration.standard(), progress)) {
      return new WorkloadRun(stage, progress, cases.templates(), w).run(cases.steps(w));
    }
  }
}
