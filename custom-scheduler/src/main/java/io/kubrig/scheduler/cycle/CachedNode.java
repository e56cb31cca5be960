package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node as the scheduler believes it to be, told to people.
 *
 * @param requested what its pods ask for, by resource: thousandths of a cpu, otherwise whole units
 * @param allocatable what it has, in the same units
 * @param pods {@code namespace/name} of those that are known to be there
 * @param assumed those that are on their way
 * @param nominated those that room is made for
 */
public record CachedNode(String name, Map<String, Long> requested, Map<String, Long> allocatable, List<String> pods, List<String> assumed,
    List<String> nominated) {

  static CachedNode of(ClusterState state, NodeInfo node) {
    return new CachedNode(node.name(), amounts(node.requested()), amounts(node.allocatable()),
        node.pods().stream().filter(p -> !state.isAssumed(p)).map(Pod::key).sorted().toList(),
        node.pods().stream().filter(state::isAssumed).map(Pod::key).sorted().toList(),
            node.nominated().stream().map(Pod::key).sorted().toList());
  }

  private static Map<String, Long> amounts(ResourceVector v) {
    Map<String, Long> out = new TreeMap<>();
    for (int i = 0; i < v.size(); i++) {
      if (v.get(i) != 0) {
        out.put(ResourceVector.name(i), v.get(i));
      }
    }
    return out;
  }
}
