package io.kubrig.scheduler.plain;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.model.AffinityTerm;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterObjects;
import java.util.List;

/** Where the pods are that the required terms speak of: the incoming pod's terms, and those of pods that object to it. */
final class PlainRequiredState implements CycleState.Data {
  private final Pod pod;
  private final ClusterObjects objects;
  private final Labels ownNamespace;
  private final PlainTopologyCounts wanted;
  private final PlainTopologyCounts unwanted;
  private final PlainTopologyCounts objecting;

  PlainRequiredState(Pod pod, ClusterObjects objects) {
    this(pod, objects, new PlainTopologyCounts(), new PlainTopologyCounts(), new PlainTopologyCounts());
  }

  private PlainRequiredState(Pod pod, ClusterObjects objects, PlainTopologyCounts wanted, PlainTopologyCounts unwanted,
      PlainTopologyCounts objecting) {
    this.pod = pod;
    this.objects = objects;
    this.ownNamespace = objects.namespaceLabels(pod.namespace());
    this.wanted = wanted;
    this.unwanted = unwanted;
    this.objecting = objecting;
  }

  /** Whether neither side has anything to say. */
  boolean isIdle() {
    return objecting.isEmpty() && pod.spec().pods().requiredAffinity().isEmpty() && pod.spec().pods().requiredAntiAffinity().isEmpty();
  }

  /** Counts a pod on a node ({@code by} 1) or no longer there (−1), for the incoming pod's terms. */
  void count(Pod other, Node node, int by) {
    List<AffinityTerm> affinity = pod.spec().pods().requiredAffinity();
    if (!affinity.isEmpty() && matchesAll(affinity, other)) {
      affinity.forEach(t -> wanted.add(t.topologyKey(), node.labels(), by));
    }
    for (AffinityTerm t : pod.spec().pods().requiredAntiAffinity()) {
      if (t.matches(other, objects.namespaceLabels(other.namespace()))) {
        unwanted.add(t.topologyKey(), node.labels(), by);
      }
    }
  }

  /** Counts the required anti-affinity of a pod on a node against the incoming pod. */
  void countObjections(Pod other, Node node, int by) {
    for (AffinityTerm t : other.spec().pods().requiredAntiAffinity()) {
      if (t.matches(pod, ownNamespace)) {
        objecting.add(t.topologyKey(), node.labels(), by);
      }
    }
  }

  private boolean matchesAll(List<AffinityTerm> terms, Pod other) {
    Labels namespace = objects.namespaceLabels(other.namespace());
    for (AffinityTerm t : terms) {
      if (!t.matches(other, namespace)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the wanted pods are near; the first of a group that wants its own kind may go anywhere. */
  boolean affinityHolds(Node node) {
    boolean near = true;
    for (AffinityTerm t : pod.spec().pods().requiredAffinity()) {
      String value = node.labels().value(t.topologyKey());
      if (value == null) {
        return false;
      }
      near &= wanted.of(t.topologyKey(), value) > 0;
    }
    return near || wanted.isEmpty() && matchesAll(pod.spec().pods().requiredAffinity(), pod);
  }

  boolean antiAffinityHolds(Node node) {
    for (AffinityTerm t : pod.spec().pods().requiredAntiAffinity()) {
      String value = node.labels().value(t.topologyKey());
      if (value != null && unwanted.of(t.topologyKey(), value) > 0) {
        return false;
      }
    }
    return true;
  }

  boolean nobodyObjects(Node node) {
    return !objecting.anyPositive(node.labels());
  }

  @Override
  public PlainRequiredState copy() {
    return new PlainRequiredState(pod, objects, wanted.copy(), unwanted.copy(), objecting.copy());
  }
}
