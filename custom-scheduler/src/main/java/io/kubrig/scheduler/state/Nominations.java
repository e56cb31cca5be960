package io.kubrig.scheduler.state;

import io.kubrig.scheduler.model.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Which waiting pods are nominated to run on which node, because room is being made for them there. */
public final class Nominations {
  private final Map<String, String> nodeByUid = new HashMap<>();
  private final Map<String, List<Pod>> podsByNode = new HashMap<>();
  private final BiConsumer<String, List<Pod>> changed;

  /** Tells of each change the node and the pods nominated to it now. */
  Nominations(BiConsumer<String, List<Pod>> changed) {
    this.changed = changed;
  }

  /** Nominates a pod; an earlier nomination of it ends. */
  public void add(Pod pod, String node) {
    remove(pod);
    nodeByUid.put(pod.uid(), node);
    List<Pod> there = new ArrayList<>(on(node));
    there.add(pod);
    podsByNode.put(node, List.copyOf(there));
    changed.accept(node, on(node));
  }

  /** Ends the nomination of a pod. */
  public void remove(Pod pod) {
    String node = nodeByUid.remove(pod.uid());
    if (node != null) {
      List<Pod> left = podsByNode.get(node).stream().filter(p -> !p.uid().equals(pod.uid())).toList();
      if (left.isEmpty()) {
        podsByNode.remove(node);
      } else {
        podsByNode.put(node, left);
      }
      changed.accept(node, left);
    }
  }

  /** Replaces the pod object of a nomination. */
  public void update(Pod pod) {
    node(pod).ifPresent(n -> add(pod, n));
  }

  /** The pods nominated to a node; the list never changes: when they do, there is another. */
  public List<Pod> on(String node) {
    return podsByNode.getOrDefault(node, List.of());
  }

  /** The node a pod is nominated to. */
  public Optional<String> node(Pod pod) {
    return Optional.ofNullable(nodeByUid.get(pod.uid()));
  }
}
