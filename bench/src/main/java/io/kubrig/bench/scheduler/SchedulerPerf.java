package io.kubrig.bench.scheduler;

import io.kubrig.scheduler.config.SchedulerConfiguration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Runs workloads of the upstream benchmark in process and prints a JSON object a line for each: {@code SchedulerPerf [NAME…]}; which
 * names there are says {@link Cases#select}. At the end the geometric mean of the ratios to upstream's thresholds, and a table by ratio.
 *
 * <p>{@code -Dpatience=S} says how many seconds a step may take. A workload that does not end in time is told as such, and the next one
 * runs.
 *
 * <p>Three small workloads that are not counted run first: a scheduler that has just been started is not what is measured.
 *
 * <p>What is measured: the pods are created while the scheduler is held back; the time runs from its release until the last one is bound.
 * {@code perSecond} is by the wall clock; {@code perCpuSecond} by the processor time of the whole process, compiler, garbage collection and
 * the API in memory included, which a busy machine distorts less; {@code perDecidingSecond} by that of the deciding thread.
 */
public final class SchedulerPerf {
  private static final List<String> WARMING = List.of("SchedulingBasic/500Nodes", "SchedulingPodAntiAffinity/500Nodes",
      "TopologySpreading/500Nodes");

  private SchedulerPerf() {}

  public static void main(String[] args) throws InterruptedException {
    Cases cases = new Cases();
    List<Result> results = new ArrayList<>();
    boolean failed = false;
    for (Workload w : cases.select(WARMING)) {
      run(cases, w);
    }
    for (Workload w : cases.select(List.of(args))) {
      try {
        Result r = run(cases, w);
        results.add(r);
        System.out.println(r.json());
      } catch (IllegalStateException e) {
        failed = true;
        System.out.println("{\"workload\":\"" + w.id() + "\",\"failed\":\"" + e.getMessage() + "\"}");
      }
    }
    summarize(results.stream().filter(Result::isJudged).toList());
    System.exit(failed ? 1 : 0);
  }

  private static Result run(Cases cases, Workload w) throws InterruptedException {
    Progress progress = new Progress();
    try (Stage stage = new InProcess(SchedulerConfiguration.standard(), progress)) {
      return new WorkloadRun(stage, progress, cases.templates(), w).run(cases.steps(w));
    }
  }

  private static void summarize(List<Result> judged) {
    if (judged.isEmpty()) {
      return;
    }
    System.out.printf("| workload | threshold | pods/s | times | pods per CPU second | times | of the deciding thread | times |%n");
    System.out.printf("|---|---|---|---|---|---|---|---|%n");
    judged.stream().sorted(Comparator.comparing(r -> r.perSecond() / r.workload().threshold())).forEach(r -> {
      int t = r.workload().threshold();
      System.out.printf("| %s | %d | %.0f | **%.1f** | %.0f | %.1f | %.0f | %.1f |%n", r.workload().id(), t, r.perSecond(),
          r.perSecond() / t, r.perCpuSecond(), r.perCpuSecond() / t, r.perDecidingSecond(), r.perDecidingSecond() / t);
    });
    double wall = judged.stream().mapToDouble(r -> Math.log(r.perSecond() / r.workload().threshold())).average().orElse(0);
    double cpu = judged.stream().mapToDouble(r -> Math.log(r.perCpuSecond() / r.workload().threshold())).average().orElse(0);
    System.out.printf("%d workloads, geometric means: %.1f times the threshold by the clock, %.1f by processor time%n", judged.size(),
        Math.exp(wall), Math.exp(cpu));
  }
}
