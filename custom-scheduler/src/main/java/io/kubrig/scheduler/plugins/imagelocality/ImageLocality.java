package io.kubrig.scheduler.plugins.imagelocality;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;

/**
 * Prefers nodes that have the pod's images, weighing each by its size and by how many nodes have it. That number concerns other nodes; so
 * whoever remembers answers forgets them when {@link ClusterState#imagesVersion()} changes.
 */
public final class ImageLocality implements ScorePlugin, NodeLocal {
  private static final long MB = 1024 * 1024;
  private static final long MIN = 23 * MB;
  private static final long MAX_PER_CONTAINER = 1000 * MB;

  private final ClusterState cluster;

  public ImageLocality(ClusterState cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "ImageLocality";
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    if (node.node().images().isEmpty()) {
      return 0;
    }
    long sum = 0;
    int nodes = cluster.nodes().size();
    for (String image : pod.spec().footprint().images()) {
      String name = normalized(image);
      if (node.node().images().containsKey(name)) {
        sum += cluster.image(name).map(i -> (long) ((double) i.size() * ((double) i.nodes() / nodes))).orElse(0L);
      }
    }
    return points(sum, pod.spec().footprint().containers());
  }

  /** The score of a sum of sizes for a pod with so many containers; image volumes add to the sum only. */
  static long points(long sum, int containers) {
    long max = MAX_PER_CONTAINER * containers;
    long clamped = Math.min(Math.max(sum, MIN), max);
    return max == MIN ? 0 : MAX * (clamped - MIN) / (max - MIN);
  }

  /** The name with a tag: {@code :latest} when there is neither tag nor digest. */
  static String normalized(String image) {
    return image.lastIndexOf(':') <= image.lastIndexOf('/') ? image + ":latest" : image;
  }
}
