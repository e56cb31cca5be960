package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the pods on their way to a node that another scheduler has filled meanwhile: they must not be bound any more, or the kubelet would
 * turn them down for good (OutOfcpu and the like). The latest decisions give way first.
 *
 * <p>Invariant: of a node that is seen to hold more than it has, so many pods on their way are marked that the rest fits, if that can be.
 * {@link #is} is asked on other threads, everything else on the scheduling thread.
 */
final class Overtaken {
  private final Map<String, Deque<Attempt>> onTheirWay = new HashMap<>();
  private final Set<String> marked = ConcurrentHashMap.newKeySet();

  /** A pod is on its way. */
  void started(Attempt a) {
    onTheirWay.computeIfAbsent(a.node(), n -> new ArrayDeque<>()).addLast(a);
  }

  /** A pod has arrived, or not. */
  void ended(Attempt a) {
    Deque<Attempt> there = onTheirWay.get(a.node());
    if (there != null) {
      there.remove(a);
      if (there.isEmpty()) {
        onTheirWay.remove(a.node());
      }
    }
    marked.remove(a.pod().uid());
  }

  /** A pod that somebody else has placed was seen on a node. */
  void arrived(NodeInfo node) {
    Deque<Attempt> there = onTheirWay.get(node.name());
    if (there == null || node.node() == null) {
      return;
    }
    ResourceVector requested = node.requested().copy();
    long pods = node.pods().size();
    for (Iterator<Attempt> latest = there.descendingIterator(); latest.hasNext() && holdsTooMuch(requested, pods, node);) {
      Attempt a = latest.next();
      requested.subtract(a.pod().spec().requests().total());
      pods--;
      marked.add(a.pod().uid());
    }
  }

  private static boolean holdsTooMuch(ResourceVector requested, long pods, NodeInfo node) {
    if (pods > node.node().allowedPods()) {
      return true;
    }
    for (int i = 0; i < requested.size(); i++) {
      if (requested.get(i) > node.allocatable().get(i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a pod must not be bound any more. */
  boolean is(Attempt a) {
    return marked.contains(a.pod().uid());
  }
}
