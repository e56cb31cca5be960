package io.kubrig.scheduler.state;

import io.kubrig.scheduler.model.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which waiting pods are nominated to run on which node, because room is being made for them there. */
public final class Nominations {
  private final Map<String, String> nodeByUid = new HashMap<>();
  private final Map<String, List<Pod>> podsByNode = new HashMap<>();

  /** Nominates a pod; an earlier nomination of it ends. */
  public void add(Pod pod, String node) {
    remove(pod);
    nodeByUid.put(pod.uid(), node);
    podsByNode.computeIfAbsent(node, n -> new ArrayList<>()).add(pod);
  }

  /** Ends the nomination of a pod. */
  public void remove(Pod pod) {
    String node = nodeByUid.remove(pod.uid());
    if (node != null) {
      List<Pod> pods = podsByNode.get(node);
      pods.removeIf(p -> p.uid().equals(pod.uid()));
      if (pods.isEmpty()) {
        podsByNode.remove(node);
      }
    }
  }

  /** Replaces the pod object of a nomination. */
  public void update(Pod pod) {
    node(pod).ifPresent(n -> add(pod, n));
  }

  /** The pods nominated to a node. */
  public List<Pod> on(String node) {
    List<Pod> pods = podsByNode.get(node);
    return pods == null ? List.of() : Collections.unmodifiableList(pods);
  }

  /** Whether some pod is nominated to a node. */
  public boolean isAnyOn(String node) {
    return !podsByNode.isEmpty() && podsByNode.containsKey(node);
  }

  /** The node a pod is nominated to. */
  public Optional<String> node(Pod pod) {
    return Optional.ofNullable(nodeByUid.get(pod.uid()));
  }
}
