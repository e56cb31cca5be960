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
    Growth growth = new Growth(args.length == 0 ? 1 : Integer.parseInt(args[0]));
    for (String kind : KINDS) {
      growth.micros(kind, 500, 500, 3); // so that what is measured first is not the compiler
    }
    growth.table("nodes (one pod on each, 3 zones)", List.of(500, 1000, 2500, 5000, 10_000, 15_000), n -> new int[] {n, n, 3});
    growth.table("pods there (5,000 nodes, 3 zones)", List.of(0, 5000, 20_000, 50_000), n -> new int[] {5000, n, 3});
    growth.table("zones (5,000 nodes, 5,000 pods)", List.of(1, 3, 30, 300, 5000), n -> new int[] {5000, 5000, n});
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
      List<String> row = new ArrayList<>();
      for (String kind : KINDS) {
        row.add(String.format("%.0f", micros(kind, size[0] / smaller, size[1] / smaller, size[2])));
      }
      System.out.println("| " + n + " | " + String.join(" | ", row) + " |");
    }
    System.out.println();
  }

  /** Processor time of the deciding thread for each pod of a template, in a cluster with so many nodes, default pods and zones. */
  private double micros(String template, int nodes, int pods, int zones) throws InterruptedException {
    Workload w = new Workload("growth", template, 0, Map.of(), Map.of(), Set.of());
    String zoned = "zoned-" + zones;
    cases.templates().addNodes(zoned, Map.of("labels", Map.of("topology.kubernetes.io/zone", "zone-{i%" + zones + "}"),
        "capacity", Map.of("cpu", "64", "memory", "256Gi", "pods", "1000")));
    int measured = Math.min(MEASURED, template.equals("anti-affinity") ? nodes / 2 : MEASURED) / Math.max(1, smaller > 1 ? 4 : 1);
    List<Step> steps = List.of(step(w, "nodes", nodes, "template", zoned),
        step(w, "pods", Math.max(1, pods), "template", "default", "namespace", "sched-0"),
        step(w, "pods", measured, "template", template, "namespace", "sched-1", "measure", true));
    Progress progress = new Progress();
    try (Stage stage = new InProcess(SchedulerConfiguration.standard(), progress)) {
      return 1e6 / new WorkloadRun(stage, progress, cases.templates(), w).run(steps).perDecidingSecond();
    }
  }

  private static Step step(Workload w, Object... fields) {
    return new Step(new LinkedHashMap<>(Trees.object(fields)), w);
  }
}
