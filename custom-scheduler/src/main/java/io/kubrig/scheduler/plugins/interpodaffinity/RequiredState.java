package io.kubrig.scheduler.plugins.interpodaffinity;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.model.AffinityTerm;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterObjects;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/**
 * Where the pods are that the required terms speak of: the incoming pod's terms, and those of pods that object to it. The numbers are
 * shared with other attempts; what is tried out with pods added or removed is kept apart from them.
 */
final class RequiredState implements CycleState.Data {

  /**
   * The shared numbers.
   *
   * @param wanted for each term of required affinity, the pods that match all of them
   * @param unwanted for each term of required anti-affinity, the pods that match it
   * @param objecting for each term of required anti-affinity of others that means this pod, the pods that have it
   */
  record Shared(DomainCounts[] wanted, DomainCounts[] unwanted, DomainCounts[] objecting) {}

  /** What pods that are tried out add to the shared numbers. */
  private record Trial(TopologyCounts wanted, TopologyCounts unwanted, TopologyCounts objecting) {
    Trial copy() {
      return new Trial(wanted.copy(), unwanted.copy(), objecting.copy());
    }
  }

  private final Pod pod;
  private final ClusterObjects objects;
  private final Shared shared;
  private final boolean matchesItself;
  private Trial trial;

  RequiredState(Pod pod, ClusterObjects objects, Shared shared) {
    this(pod, objects, shared,
        MatchingPods.matchesAll(pod.spec().pods().requiredAffinity(), pod, objects.namespaceLabels(pod.namespace())), null);
  }

  private RequiredState(Pod pod, ClusterObjects objects, Shared shared, boolean matchesItself, Trial trial) {
    this.pod = pod;
    this.objects = objects;
    this.shared = shared;
    this.matchesItself = matchesItself;
    this.trial = trial;
  }

  /** Whether neither side has anything to say. */
  boolean isIdle() {
    for (DomainCounts c : shared.objecting) {
      if (c.total() > 0) {
        return false;
      }
    }
    return shared.wanted.length == 0 && shared.unwanted.length == 0;
  }

  /** Tries out a pod on a node ({@code by} 1) or its absence (−1). */
  void tryOut(Pod other, Node node, int by) {
    if (trial == null) {
      trial = new Trial(new TopologyCounts(), new TopologyCounts(), new TopologyCounts());
    }
    Labels otherNamespace = objects.namespaceLabels(other.namespace());
    List<AffinityTerm> affinity = pod.spec().pods().requiredAffinity();
    if (!affinity.isEmpty() && MatchingPods.matchesAll(affinity, other, otherNamespace)) {
      affinity.forEach(t -> trial.wanted.add(t.topologyKey(), node.labels(), by));
    }
    for (AffinityTerm t : pod.spec().pods().requiredAntiAffinity()) {
      if (t.matches(other, otherNamespace)) {
        trial.unwanted.add(t.topologyKey(), node.labels(), by);
      }
    }
    Labels ownNamespace = objects.namespaceLabels(pod.namespace());
    for (AffinityTerm t : other.spec().pods().requiredAntiAffinity()) {
      if (t.matches(pod, ownNamespace)) {
        trial.objecting.add(t.topologyKey(), node.labels(), by);
      }
    }
  }

  /** Whether the wanted pods are near; the first of a group that wants its own kind may go anywhere. */
  boolean affinityHolds(NodeInfo node) {
    boolean near = true;
    List<AffinityTerm> terms = pod.spec().pods().requiredAffinity();
    for (int i = 0; i < terms.size(); i++) {
      String key = terms.get(i).topologyKey();
      String value = node.node().labels().value(key);
      if (value == null) {
        return false;
      }
      near &= (trial == null ? shared.wanted[i].at(node) : sum(shared.wanted, key, node) + trial.wanted.of(key, value)) > 0;
    }
    return near || matchesItself && nobodyIsWanted();
  }

  private boolean nobodyIsWanted() {
    long total = trial == null ? 0 : trial.wanted.total();
    for (DomainCounts c : shared.wanted) {
      total += c.total();
    }
    return total == 0;
  }

  boolean antiAffinityHolds(NodeInfo node) {
    if (trial == null) {
      for (DomainCounts c : shared.unwanted) {
        if (c.at(node) > 0) {
          return false;
        }
      }
      return true;
    }
    for (DomainCounts c : shared.unwanted) {
      String value = node.node().labels().value(c.key());
      if (value != null && sum(shared.unwanted, c.key(), node) + trial.unwanted.of(c.key(), value) > 0) {
        return false;
      }
    }
    return true;
  }

  boolean nobodyObjects(NodeInfo node) {
    if (trial == null) {
      for (DomainCounts c : shared.objecting) {
        if (c.at(node) > 0) {
          return false;
        }
      }
      return true;
    }
    for (DomainCounts c : shared.objecting) {
      String value = node.node().labels().value(c.key());
      if (value != null && sum(shared.objecting, c.key(), node) + trial.objecting.of(c.key(), value) > 0) {
        return false;
      }
    }
    return !trial.objecting.anyPositive(node.node().labels(), key -> sum(shared.objecting, key, node));
  }

  /** The sum of what is counted for a topology key at a node: several terms may have the same one. */
  private static long sum(DomainCounts[] counts, String key, NodeInfo node) {
    long sum = 0;
    for (DomainCounts c : counts) {
      if (c.key().equals(key)) {
        sum += c.at(node);
      }
    }
    return sum;
  }

  @Override
  public RequiredState copy() {
    return new RequiredState(pod, objects, shared, matchesItself, trial == null ? null : trial.copy());
  }
}
