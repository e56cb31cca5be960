package io.kubrig.scheduler.whatif;

import java.util.List;
import java.util.Map;

/**
 * Why a pod can or cannot run, node by node.
 *
 * @param pod {@code namespace/name}
 * @param scheduler the profile that decides
 * @param node where it is already; null while it is nowhere
 * @param message what the scheduler would say: where the pod goes, or why nowhere
 * @param nodes how many nodes there are
 * @param rejections how many nodes each plugin turns down, whatever others say
 * @param verdicts the nodes one by one: first those that fit, the best first, then those that lack least; not more than were asked for
 * @param changes the smallest changes that would place a pod that fits nowhere, the least first
 * @param preemption who would have to leave for a pod that fits nowhere; null for one that fits
 * @param evictions whom the pod has evicted and who has evicted it, of late
 */
public record Explanation(
    String pod,
    String scheduler,
    String node,
    String message,
    int nodes,
    Map<String, Integer> rejections,
    List<Verdict> verdicts,
    List<Change> changes,
    Preemption preemption,
    List<Eviction> evictions) {

  /** What an older definition of the kept kind has left out is empty. */
  public Explanation {
    rejections = rejections == null ? Map.of() : rejections;
    verdicts = verdicts == null ? List.of() : verdicts;
    changes = changes == null ? List.of() : changes;
    evictions = evictions == null ? List.of() : evictions;
  }

  /** The same with not more than so many nodes told of one by one. */
  public Explanation limited(int nodesTold) {
    return new Explanation(pod, scheduler, node, message, nodes, rejections, List.copyOf(verdicts.subList(0, Math.min(nodesTold,
        verdicts.size()))), changes, preemption, evictions);
  }


  /**
   * What was said of one node.
   *
   * @param rejections empty when the pod fits
   * @param scores by plugin; empty when the pod does not fit
   * @param total the sum of the weighted scores
   */
  public record Verdict(String node, List<Rejection> rejections, Map<String, Score> scores, long total) {
    /** Whether the pod fits there. */
    public boolean fits() {
      return rejections.isEmpty();
    }
  }

  /** A plugin's no, or that of an extender, which is named by its URL. {@code preemptible}: whether taking pods away could change it. */
  public record Rejection(String plugin, boolean preemptible, List<String> reasons) {}

  /** A plugin's normalised score and what it weighs. */
  public record Score(long score, int weight) {}

  /**
   * What making room for the pod would take.
   *
   * @param node where; null: nowhere
   * @param victims who would have to leave, the most important first
   * @param budgetViolations how many of them a disruption budget protects
   * @param message why room cannot be made; empty otherwise
   */
  public record Preemption(String node, List<Victim> victims, long budgetViolations, String message) {}

  /** A pod that leaves for another; {@code pod} is {@code namespace/name}. */
  public record Victim(String pod, int priority) {}

  /**
   * Room that was made.
   *
   * @param at when, RFC 3339
   * @param by the pod that it was made for, {@code namespace/name}
   * @param priority that pod's
   */
  public record Eviction(String at, String by, int priority, String node, List<Victim> victims) {}

  /**
   * A change after which the pod fits.
   *
   * @param what to do, as a sentence part: {@code tolerate dedicated=x:NoSchedule}
   * @param nodes where the pod then fits; some of them when there are many
   * @param count how many nodes there are in all
   */
  public record Change(String what, List<String> nodes, int count) {}
}
