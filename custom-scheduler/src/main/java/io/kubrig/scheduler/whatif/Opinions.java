package io.kubrig.scheduler.whatif;

import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.ExtenderException;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What extenders say of a pod, put into its explanation. They are asked to filter and to prioritize, never to preempt or to bind. May take
 * as long as the extenders do; not for the scheduling thread.
 */
public final class Opinions {
  private static final int MAX_EXTENDER_SCORE = 10;

  private final List<Extender> extenders;
  private final Pod pod;

  public Opinions(List<Extender> extenders, Pod pod) {
    this.extenders = extenders.stream().filter(e -> e.isInterested(pod)).toList();
    this.pod = pod;
  }

  /** Explains; the extenders' objections, by node, are given. */
  @FunctionalInterface
  public interface Explain {
    Explainer.Answer with(Map<String, Explanation.Rejection> objections) throws InterruptedException;
  }

  /** Asks the plugins, then the extenders about the nodes that are left, then, if these object, the plugins for scores of what is left. */
  public Explanation add(Explain explain) throws InterruptedException {
    Explainer.Answer answer = explain.with(Map.of());
    if (extenders.isEmpty() || answer.feasible().isEmpty()) {
      return answer.explanation();
    }
    Map<String, Explanation.Rejection> objections = objections(answer.feasible());
    if (!objections.isEmpty()) {
      answer = explain.with(objections);
    }
    return scored(answer);
  }

  private Map<String, Explanation.Rejection> objections(List<NodeInfo> nodes) {
    Map<String, Explanation.Rejection> out = new LinkedHashMap<>();
    List<NodeInfo> left = nodes;
    for (Extender e : extenders) {
      if (e.filters() && !left.isEmpty()) {
        left = left(e, left, out);
      }
    }
    return out;
  }

  private List<NodeInfo> left(Extender e, List<NodeInfo> nodes, Map<String, Explanation.Rejection> objections) {
    try {
      Extender.Filtered answer = e.filter(pod, nodes);
      Set<String> kept = new HashSet<>(answer.nodes());
      List<NodeInfo> left = new ArrayList<>();
      for (NodeInfo n : nodes) {
        if (kept.contains(n.name())) {
          left.add(n);
        } else {
          boolean unresolvable = answer.unresolvable().containsKey(n.name());
          String reason = unresolvable ? answer.unresolvable().get(n.name()) : answer.failed().getOrDefault(n.name(), "");
          objections.put(n.name(), new Explanation.Rejection(e.name(), !unresolvable, List.of(reason)));
        }
      }
      return left;
    } catch (ExtenderException x) {
      if (e.isIgnorable()) {
        return nodes;
      }
      nodes.forEach(n -> objections.put(n.name(), new Explanation.Rejection(e.name(), false, List.of(String.valueOf(x.getMessage())))));
      return List.of();
    }
  }

  private Explanation scored(Explainer.Answer answer) {
    Map<String, Map<String, Explanation.Score>> byNode = new HashMap<>();
    for (Extender e : extenders) {
      if (e.prioritizes() && answer.feasible().size() > 1) {
        try {
          e.prioritize(pod, answer.feasible()).forEach((node, score) -> byNode.computeIfAbsent(node, k -> new LinkedHashMap<>())
              .put(e.name(), new Explanation.Score(score * (ScorePlugin.MAX / MAX_EXTENDER_SCORE), e.weight())));
        } catch (ExtenderException x) {
          continue; // as in an attempt: it gives no score then
        }
      }
    }
    Explanation is = answer.explanation();
    List<Explanation.Verdict> verdicts = new ArrayList<>();
    is.verdicts().forEach(v -> verdicts.add(v.fits() ? withScores(v, byNode.getOrDefault(v.node(), Map.of())) : v));
    verdicts.sort(Comparator.comparingInt((Explanation.Verdict v) -> v.rejections().size()).thenComparing(v -> -v.total()));
    return new Explanation(is.pod(), is.scheduler(), is.node(), is.message(), is.nodes(), is.rejections(), List.copyOf(verdicts),
        is.changes(), is.preemption(), is.evictions());
  }

  private static Explanation.Verdict withScores(Explanation.Verdict v, Map<String, Explanation.Score> more) {
    Map<String, Explanation.Score> all = new LinkedHashMap<>(v.scores());
    all.putAll(more);
    long total = v.total() + more.values().stream().mapToLong(s -> s.score() * s.weight()).sum();
    return new Explanation.Verdict(v.node(), v.rejections(), all, total);
  }
}
