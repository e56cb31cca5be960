package io.kubrig.scheduler.shadow;

import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The total scores of the last decisions, to know afterwards what another choice would have been worth. */
final class Rankings implements ScoreListener {
  private static final int KEPT = 256;

  private record Ranking(List<String> nodes, long[] totals) {}

  private final ScoreListener next;
  private final Map<String, Ranking> byUid = new LinkedHashMap<>() { // guarded by this
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Ranking> eldest) {
      return size() > KEPT;
    }
  };

  /** Passes on what it hears. */
  Rankings(ScoreListener next) {
    this.next = next;
  }

  @Override
  public void scored(Pod pod, String plugin, String node, long score) {
    next.scored(pod, plugin, node, score);
  }

  @Override
  public synchronized void ranked(Pod pod, List<NodeInfo> nodes, long[] totals) {
    byUid.remove(pod.uid());
    byUid.put(pod.uid(), new Ranking(nodes.stream().map(NodeInfo::name).toList(), totals.clone()));
    next.ranked(pod, nodes, totals);
  }

  /** The score of a node in the last decision about a pod; empty when it was not scored. */
  synchronized OptionalLong score(String uid, String node) {
    Ranking r = byUid.get(uid);
    int at = r == null ? -1 : r.nodes.indexOf(node);
    return at < 0 ? OptionalLong.empty() : OptionalLong.of(r.totals[at]);
  }
}
