package io.kubrig.scheduler.state;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.PodVolumes;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The cluster as the scheduler believes it to be: nodes with their pods, assumed ones included, and the other objects.
 *
 * <p>It belongs to the scheduling thread: events are applied between attempts, so that one attempt sees one unchanging state without
 * any copy or lock. Invariants:
 * <ul>
 *   <li>a pod is on at most one node; an assumed pod stays until its binding is confirmed, forgotten or it is deleted;
 *   <li>what an event says about a pod wins over what was assumed of it.
 * </ul>
 */
public final class ClusterState {

  private record Placement(Pod pod, boolean assumed) {}

  /**
   * An image on nodes. Its size is what the first of them said: as native, nodes that say otherwise are not heard while others have it.
   *
   * @param size in bytes
   * @param nodes how many have it
   */
  public record Image(long size, int nodes) {}

  private final Map<String, NodeInfo> nodes = new LinkedHashMap<>();
  private final Map<String, Placement> pods = new HashMap<>();
  private final Map<String, Integer> claimUses = new HashMap<>();
  private final Map<String, Image> images = new HashMap<>();
  private final Journal journal = new Journal();
  private final Touched touched = new Touched();
  private final ClusterObjects objects = new ClusterObjects();
  private final PodGroups groups = new PodGroups();
  private final Nominations nominations = new Nominations((node, pods) -> {
    if (nodes.containsKey(node)) {
      nodes.get(node).setNominated(pods);
    }
  });
  private final Preemptions preemptions = new Preemptions();
  private Layout layout = new Layout(List.of());
  private boolean layoutIsStale;
  private long imagesVersion;
  private int assumedCount;

  /** The known nodes, zones in turn. */
  public List<NodeInfo> nodes() {
    return layout().nodes();
  }

  /** The known nodes with their labels as columns. */
  public Layout layout() {
    if (layoutIsStale) {
      layout = new Layout(NodeList.interleaved(nodes.values()));
      layoutIsStale = false;
    }
    return layout;
  }

  /** Which nodes have changed. */
  public Touched touched() {
    return touched;
  }

  Journal journal() {
    return journal;
  }

  /** Grows whenever some node gets or loses an image. */
  public long imagesVersion() {
    return imagesVersion;
  }

  /** A known node. */
  public Optional<NodeInfo> node(String name) {
    return Optional.ofNullable(nodes.get(name)).filter(n -> n.node() != null);
  }

  /** The pods of each pod group. */
  public PodGroups groups() {
    return groups;
  }

  public ClusterObjects objects() {
    return objects;
  }

  /** Pods that wait for room on a node. */
  public Nominations nominations() {
    return nominations;
  }

  /** Who evicted whom. */
  public Preemptions preemptions() {
    return preemptions;
  }

  /** How many pods on nodes use a claim ({@code namespace/name}). */
  public int claimUses(String key) {
    return claimUses.getOrDefault(key, 0);
  }

  /** An image that some node has. */
  public Optional<Image> image(String name) {
    return Optional.ofNullable(images.get(name));
  }

  /** How many pods are on nodes, assumed ones included. */
  public int podCount() {
    return pods.size();
  }

  /** How many pods are assumed on nodes. */
  public int assumedCount() {
    return assumedCount;
  }

  /** The pod with a uid, if it is on a node. */
  public Optional<Pod> pod(String uid) {
    return Optional.ofNullable(pods.get(uid)).map(Placement::pod);
  }

  public boolean isAssumed(Pod pod) {
    Placement p = pods.get(pod.uid());
    return p != null && p.assumed;
  }

  private NodeInfo info(String name) {
    NodeInfo info = nodes.get(name);
    if (info == null) {
      info = new NodeInfo(name, null);
      info.setNominated(nominations.on(name));
      info.reportTo(touched);
      nodes.put(name, info);
    }
    return info;
  }

  /** Notes a node; returns what it was before. */
  public Optional<Node> observe(Node node) {
    NodeInfo info = info(node.name());
    Node before = info.node();
    if (before == null || !before.images().equals(node.images())) {
      if (before != null) {
        countImages(before, -1);
      }
      countImages(node, 1);
    }
    info.setNode(node);
    layoutIsStale |= before == null || !before.labels().equals(node.labels()) || !before.taints().equals(node.taints())
        || before.unschedulable() != node.unschedulable();
    return Optional.ofNullable(before);
  }

  /** Notes that a node is gone; its pods stay known until they go, too. */
  public void removeNode(String name) {
    NodeInfo info = nodes.get(name);
    if (info == null || info.node() == null) {
      return;
    }
    countImages(info.node(), -1);
    info.setNode(null);
    layoutIsStale = true;
    if (info.pods().isEmpty()) {
      nodes.remove(name);
    }
  }

  private void countImages(Node node, int by) {
    imagesVersion++;
    node.images().forEach((name, size) -> images.merge(name, new Image(size, by),
        (known, more) -> known.nodes + by == 0 ? null : new Image(known.size, known.nodes + by)));
  }

  /** Notes an object of another kind; returns what it was before. */
  public Optional<HasMetadata> observe(HasMetadata object) {
    return objects.observe(object);
  }

  /** Notes that an object of another kind is gone. */
  public Optional<HasMetadata> remove(HasMetadata object) {
    return objects.remove(object);
  }

  /** Counts a pod on a node before it is bound. */
  public void assume(Pod pod) {
    if (pods.containsKey(pod.uid())) {
      throw new IllegalStateException("pod " + pod.key() + " is already on a node");
    }
    put(pod, true);
  }

  /** Takes an assumed pod back; nothing happens when its binding was observed in the meantime. */
  public boolean forget(Pod pod) {
    if (!isAssumed(pod)) {
      return false;
    }
    take(pod.uid());
    groups.waits(pod);
    return true;
  }

  /** Notes a pod on a node; returns it as it was before. */
  public Optional<Pod> observe(Pod pod) {
    Placement there = pods.get(pod.uid());
    if (there != null && there.pod.isSameForOthers(pod)) {
      renew(there, pod);
      return Optional.of(there.pod);
    }
    Optional<Pod> before = take(pod.uid());
    put(pod, false);
    return before;
  }

  /** Notes that a pod is gone from its node. */
  public Optional<Pod> removePod(Pod pod) {
    return take(pod.uid());
  }

  /** Does something while a pod, if it is on a node, is not there. */
  public <T> T without(Pod pod, Supplier<T> something) {
    Placement there = pods.get(pod.uid());
    if (there == null) {
      return something.get();
    }
    take(pod.uid());
    try {
      return something.get();
    } finally {
      put(there.pod, there.assumed);
    }
  }

  /** A pod stays where it is and is what it was: nothing follows for anybody. */
  private void renew(Placement there, Pod pod) {
    pods.put(pod.uid(), new Placement(pod, false));
    nodes.get(pod.state().nodeName()).renew(there.pod, pod);
    if (there.assumed) {
      groups.taken(pod);
      groups.placed(pod, false);
    }
  }

  private void put(Pod pod, boolean assumed) {
    pods.put(pod.uid(), new Placement(pod, assumed));
    assumedCount += assumed ? 1 : 0;
    NodeInfo info = info(pod.state().nodeName());
    info.add(pod);
    journal.add(pod, info, 1);
    groups.placed(pod, assumed);
    countClaims(pod, 1);
  }

  private Optional<Pod> take(String uid) {
    Placement p = pods.remove(uid);
    if (p == null) {
      return Optional.empty();
    }
    assumedCount -= p.assumed ? 1 : 0;
    NodeInfo info = nodes.get(p.pod.state().nodeName());
    info.remove(p.pod);
    journal.add(p.pod, info, -1);
    groups.taken(p.pod);
    countClaims(p.pod, -1);
    if (info.node() == null && info.pods().isEmpty()) {
      nodes.remove(info.name());
    }
    return Optional.of(p.pod);
  }

  private void countClaims(Pod pod, int by) {
    for (PodVolumes.ClaimUse use : PodVolumes.claims(pod)) {
      claimUses.merge(Index.key(pod.namespace(), use.name()), by, (a, b) -> a + b == 0 ? null : Integer.valueOf(a + b));
    }
  }
}
