package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The memos of the pod specs that came more than once lately. One is made when a spec is seen for the second time: most pods come from
 * templates, and those that do not should cost nothing.
 */
final class NodeMemos {
  private static final int KEPT = 64;
  private static final int SEEN_ONCE = 1024;

  /** With {@code hasDevices}, because a plugin may look at one node alone for pods without claims only. */
  private record Key(Profile profile, Pod.Spec spec, boolean hasVolumes, boolean hasDevices) {
    static Key of(Profile profile, Pod.Spec spec) {
      return new Key(profile, spec.withoutClaims(), !spec.footprint().volumes().isEmpty(), !spec.footprint().claims().isEmpty());
    }
  }

  private final ClusterState cluster;
  private final Map<Key, NodeMemo> memos = lru(KEPT);
  private final Map<Key, Boolean> seen = lru(SEEN_ONCE);

  NodeMemos(ClusterState cluster) {
    this.cluster = cluster;
  }

  void clear() {
    memos.clear();
    seen.clear();
  }

  private static <K, V> Map<K, V> lru(int limit) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > limit;
      }
    };
  }

  /** The memo for a pod, if its spec has been seen before. */
  Optional<NodeMemo> of(Profile profile, Pod pod, int scorePlugins) {
    Key key = Key.of(profile, pod.spec());
    NodeMemo memo = memos.get(key);
    if (memo != null && memo.isFor(cluster.layout(), cluster.imagesVersion())) {
      return Optional.of(memo);
    }
    if (memo == null && seen.put(key, Boolean.TRUE) == null) {
      return Optional.empty();
    }
    memo = new NodeMemo(cluster.layout(), cluster.imagesVersion(), scorePlugins);
    memos.put(key, memo);
    return Optional.of(memo);
  }
}
