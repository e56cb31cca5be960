package io.kubrig.scheduler.whatif;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Answers as text for people. */
public final class Report {
  private static final int REASON_WIDTH = 100;

  private Report() {}

  /** An explanation: the sum first, then what would help, then node by node. */
  public static String of(Explanation e) {
    StringBuilder b = new StringBuilder("Pod ").append(e.pod())
        .append(e.node() == null ? " has no node. " : " is on node " + e.node() + ". ")
        .append("Scheduler ").append(e.scheduler()).append(" says:\n  ").append(e.message()).append('\n');
    if (!e.rejections().isEmpty()) {
      b.append("\nTurned down by (each plugin asked about each of ").append(e.nodes()).append(" nodes):\n");
      e.rejections().entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
          .forEach(r -> b.append(String.format("  %-34s %d%n", r.getKey(), r.getValue())));
    }
    if (!e.changes().isEmpty()) {
      b.append("\nIt would fit if you\n");
      e.changes().forEach(c -> b.append("  - ").append(c.what()).append(": then it fits ").append(nodes(c.nodes(), c.count()))
          .append('\n'));
    }
    room(b, e);
    if (!e.verdicts().isEmpty()) {
      b.append("\nNode by node").append(e.verdicts().size() < e.nodes() ? " (" + e.verdicts().size() + " of " + e.nodes() + ")" : "")
          .append(":\n");
      e.verdicts().forEach(v -> verdict(b, v));
    }
    return b.toString();
  }

  private static void room(StringBuilder b, Explanation e) {
    Explanation.Preemption p = e.preemption();
    if (p != null && p.node() != null) {
      b.append("\nRoom can be made on node ").append(p.node()).append(" by evicting ").append(victims(p.victims()))
          .append(p.budgetViolations() == 0 ? "" : " against " + p.budgetViolations() + " disruption budgets").append('\n');
    } else if (p != null) {
      b.append("\nNobody is evicted for it: ").append(p.message()).append('\n');
    }
    e.evictions().forEach(v -> b.append("\nAt ").append(v.at()).append(", on node ").append(v.node()).append(", pod ").append(v.by())
        .append(" (priority ").append(v.priority()).append(") evicted ").append(victims(v.victims())).append('\n'));
  }

  private static String victims(List<Explanation.Victim> victims) {
    return victims.stream().map(v -> v.pod() + " (priority " + v.priority() + ")").collect(Collectors.joining(", "));
  }

  private static void verdict(StringBuilder b, Explanation.Verdict v) {
    if (v.fits()) {
      b.append(String.format("  %-30s fits, score %d%s%n", v.node(), v.total(), v.scores().isEmpty() ? ""
          : " = " + v.scores().entrySet().stream()
          .map(s -> s.getKey() + " " + s.getValue().score() + "*" + s.getValue().weight()).collect(Collectors.joining(" + "))));
      return;
    }
    String node = v.node();
    for (Explanation.Rejection r : v.rejections()) {
      String reasons = String.join(", ", r.reasons());
      b.append(String.format("  %-30s %s: %s%s%n", node, r.plugin(),
          reasons.length() > REASON_WIDTH ? reasons.substring(0, REASON_WIDTH) + "..." : reasons, r.preemptible() ? ""
              : " (evicting pods would not help)"));
      node = "";
    }
  }

  private static String nodes(List<String> named, int count) {
    return "on " + String.join(", ", named) + (count > named.size() ? " and " + (count - named.size()) + " more" : "");
  }

  /** Where pods would go. */
  public static String of(List<Planner.Placement> placements) {
    StringBuilder b = new StringBuilder();
    placements.forEach(p -> b.append(String.format("%-40s %s%n", p.pod(), p.node() == null ? "- " + p.message()
        : p.node() + (p.evicts().isEmpty() ? "" : "  evicts " + victims(p.evicts())))));
    long placed = placements.stream().filter(p -> p.node() != null).count();
    return b.append(placed).append(" of ").append(placements.size()).append(" pods placed\n").toString();
  }

  /** What differs between two runs over the same pods. */
  public static String difference(List<Planner.Placement> first, List<Planner.Placement> second) {
    StringBuilder b = new StringBuilder();
    int different = 0;
    for (int i = 0; i < first.size(); i++) {
      String a = String.valueOf(first.get(i).node());
      String c = String.valueOf(second.get(i).node());
      if (!a.equals(c)) {
        different++;
        b.append(String.format("%-40s %s -> %s%n", first.get(i).pod(), a.replace("null", "-"), c.replace("null", "-")));
      }
    }
    return b.append(different).append(" of ").append(first.size()).append(" pods differ\n").toString();
  }

  /** How many fit, and what runs out. */
  public static String of(Planner.Capacity c) {
    StringBuilder b = new StringBuilder(c.limited() ? "at least " : "").append(c.count()).append(" fit, on ").append(c.byNode().size())
        .append(" nodes\n");
    if (!c.message().isEmpty()) {
      b.append("One more: ").append(c.message()).append('\n');
      c.shortOf().entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
          .forEach(r -> b.append(String.format("  %-60s %d nodes%n", r.getKey(), r.getValue())));
    }
    return b.toString();
  }
}
