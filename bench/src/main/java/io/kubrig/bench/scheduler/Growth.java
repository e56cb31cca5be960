package io.kubrig.bench.scheduler;

import io.kubrig.scheduler.config.SchedulerConfiguration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Shows how the cost of a decision grows with nodes, with pods that are there already and with topology domains, as a table in Markdown:
 * microseconds of the deciding thread's processor time for each pod. {@code Growth [SMALLER]} divides all counts by SMALLER.
 */
public final class Growth {
  private static final List<String> KINDS = List.of("default", "spread", "preferred-spread", "affinity", "anti-affinity",
      "preferred-anti-affinity");
  private static final int MEASURED = 2000;

  private final Cases cases = new Cases();
  private final int smaller;

  private Growth(int smaller) {
    this.smaller = smaller;
  }

  public static void main(String[] args) throws InterruptedException {
    int by = args.length == 0 ? 1 : Integer.parseInt(args[0]);
    Growth growth = new Growth(by);
    growth.row(500, 500, 3); // so that what is measured first is not the compiler
    growth.table("nodes (one pod on each, 3 zones)", smaller(List.of(500, 1000, 2500, 5000, 10_000, 15_000), by), n -> new int[] {n, n, 3});
    int nodes = 5000 / by;
    growth.table("pods there (" + nodes + " nodes, 3 zones)", smaller(List.of(0, 5000, 20_000, 50_000), by), n -> new int[] {nodes, n, 3});
    growth.table("zones (" + nodes + " nodes, as many pods)", List.of(1, 3, 30, 300, nodes), n -> new int[] {nodes, nodes, n});
    System.exit(0);
  }

  private interface Sizes {
    int[] of(int n);
  }

  private void table(String what, List<Integer> numbers, Sizes sizes) throws InterruptedException {
    System.out.println("| " + what + " | " + String.join(" | ", KINDS) + " |");
    System.out.println("|---".repeat(KINDS.size() + 1) + "|");
    for (int n : numbers) {
      int[] size = sizes.of(n);
      System.out.println("| " + n + " | " + String.join(" | ", row(size[0], size[1], size[2])) + " |");
    }
    System.out.println();
  }

  private static List<Integer> smaller(List<Integer> counts, int by) {
    return counts.stream().map(n -> n / by).toList();
  }

  /**
   * Processor time of the deciding thread for each pod, by template, in a cluster with so many nodes, default pods and zones. The pods of
   * one template are gone before the next one's come.
   */
  private List<String> row(int nodes, int pods, int zones) throws InterruptedException {
    Workload w = new Workload("growth", "growth", 0, Map.of(), Map.of(), Set.of());
    String zoned = "zoned-" + zones;
    cases.templates().addNodes(zoned, Map.of("labels", Map.of("topology.kubernetes.io/zone", "zone-{i%" + zones + "}"),
        "capacity", Map.of("cpu", "64", "memory", "256Gi", "pods", "1000")));
    Progress progress = new Progress();
    List<String> out = new ArrayList<>();
    try (Stage stage = new InProcess(SchedulerConfiguration.standard(), progress)) {
      new WorkloadRun(stage, progress, cases.templates(), w).run(List.of(step(w, "nodes", nodes, "template", zoned),
          step(w, "pods", Math.max(1, pods), "template", "default", "namespace", "sched-0")));
      for (String kind : KINDS) {
        int measured = Math.min(MEASURED, kind.equals("anti-affinity") ? nodes / 2 : MEASURED) / (smaller > 1 ? 4 : 1);
        Result r = new WorkloadRun(stage, progress, cases.templates(), w)
            .run(List.of(step(w, "pods", measured, "template", kind, "namespace", "sched-1", "measure", true)));
        out.add(String.format("%.0f", 1e6 / r.perDecidingSecond()));
        for (int i = 0; i < measured; i++) {
          stage.delete("Pod", "sched-1", "pod-" + i);
        }
      }
    }
    return out;
  }

  private static Step step(Workload w, Object... fields) {
    return new Step(new LinkedHashMap<>(Trees.object(fields)), w);
  }
}
