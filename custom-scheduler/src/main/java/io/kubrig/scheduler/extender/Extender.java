package io.kubrig.scheduler.extender;

import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;
import java.util.Map;

/** A service outside that takes part in decisions. Calls block the attempt, as they do natively. Source: kube-scheduler extender/v1. */
public interface Extender {

  /** Nodes that are left and why others are not. */
  record Filtered(List<String> nodes, Map<String, String> failed, Map<String, String> unresolvable) {}

  /** Pods to evict from one node. */
  record Victims(List<Pod> pods, long budgetViolations) {}

  String name();

  /** Whether it is asked about the pod at all. */
  boolean isInterested(Pod pod);

  /** Whether scheduling goes on when it cannot be reached. */
  boolean isIgnorable();

  boolean filters();

  boolean prioritizes();

  boolean binds();

  boolean preempts();

  /** The weight of its scores. */
  int weight();

  Filtered filter(Pod pod, List<NodeInfo> nodes) throws ExtenderException;

  /** Scores in 0..10 by node. */
  Map<String, Long> prioritize(Pod pod, List<NodeInfo> nodes) throws ExtenderException;

  /** The candidates that are left, by node. */
  Map<String, Victims> preempt(Pod pod, Map<String, Victims> candidates) throws ExtenderException;

  void bind(Pod pod, String node) throws ExtenderException;
}
