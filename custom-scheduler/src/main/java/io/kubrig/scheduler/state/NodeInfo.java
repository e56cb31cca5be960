package io.kubrig.scheduler.state;

import io.kubrig.scheduler.model.HostPort;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.PodVolumes;
import io.kubrig.scheduler.model.ResourceVector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A node with what its pods take from it. Changed only by the scheduling thread; plugins read it.
 *
 * <p>Invariant: the sums equal those over {@link #pods()}.
 */
public final class NodeInfo {
  private final String name;
  private Node node;
  private final List<Pod> pods = new ArrayList<>();
  private final List<Pod> podsView = Collections.unmodifiableList(pods);
  private final List<Pod> podsWithAffinity = new ArrayList<>();
  private final List<Pod> podsWithAffinityView = Collections.unmodifiableList(podsWithAffinity);
  private final List<Pod> podsWithRequiredAntiAffinity = new ArrayList<>();
  private final List<Pod> podsWithRequiredAntiAffinityView = Collections.unmodifiableList(podsWithRequiredAntiAffinity);
  private final List<HostPort> ports = new ArrayList<>();
  private final List<HostPort> portsView = Collections.unmodifiableList(ports);
  private ResourceVector requested = new ResourceVector();
  private long nonZeroCpu;
  private long nonZeroMemory;
  private int claimUses;
  private long generation;
  private int position = -1;
  private List<Pod> nominated = List.of();
  private Touched log; // null for copies, which nobody remembers

  public NodeInfo(String name, Node node) {
    this.name = name;
    this.node = node;
  }

  public String name() {
    return name;
  }

  /** The node; null while only pods of it are known. */
  public Node node() {
    return node;
  }

  void setNode(Node node) {
    this.node = node;
    generation++;
    touch();
  }

  public List<Pod> pods() {
    return podsView;
  }

  /** Those with any term of pod affinity or anti-affinity. */
  public List<Pod> podsWithAffinity() {
    return podsWithAffinityView;
  }

  public List<Pod> podsWithRequiredAntiAffinity() {
    return podsWithRequiredAntiAffinityView;
  }

  public List<HostPort> ports() {
    return portsView;
  }

  /** The sum of what the pods reserve. */
  public ResourceVector requested() {
    return requested;
  }

  /** Like {@link #requested()} for cpu or memory, with defaults for containers that ask for nothing. */
  public long nonZeroRequested(int resource) {
    return switch (resource) {
      case ResourceVector.CPU -> nonZeroCpu;
      case ResourceVector.MEMORY -> nonZeroMemory;
      default -> requested.get(resource);
    };
  }

  /** How many volumes of the pods are claims; one that two pods use counts twice. */
  public int claimUses() {
    return claimUses;
  }

  public ResourceVector allocatable() {
    return node.allocatable();
  }

  /** The place in the present {@link Layout}; −1 while the node is in none. */
  public int position() {
    return position;
  }

  void setPosition(int position) {
    this.position = position;
  }

  /** The pods nominated to the node, see {@link Nominations#on}. */
  public List<Pod> nominated() {
    return nominated;
  }

  void setNominated(List<Pod> pods) {
    nominated = pods;
    touch();
  }

  /** Tells a log of every change from now on. */
  void reportTo(Touched changes) {
    log = changes;
  }

  private void touch() {
    if (log != null && position >= 0) {
      log.add(position);
    }
  }

  /** Grows with each change but of the nominations. */
  public long generation() {
    return generation;
  }

  /** Puts a pod on the node. */
  public void add(Pod pod) {
    pods.add(pod);
    count(pod, 1);
    ports.addAll(pod.spec().footprint().ports());
    if (pod.spec().pods().hasAffinity()) {
      podsWithAffinity.add(pod);
      if (!pod.spec().pods().requiredAntiAffinity().isEmpty()) {
        podsWithRequiredAntiAffinity.add(pod);
      }
    }
  }

  /** Another version of a pod of the node that differs in nothing that is counted or remembered here. */
  void renew(Pod before, Pod now) {
    swap(pods, before, now);
    swap(podsWithAffinity, before, now);
    swap(podsWithRequiredAntiAffinity, before, now);
  }

  private static void swap(List<Pod> list, Pod before, Pod now) {
    int at = list.lastIndexOf(before);
    if (at >= 0) {
      list.set(at, now);
    }
  }

  /** Takes a pod (recognised by its uid) from the node; returns whether it was there. */
  public boolean remove(Pod pod) {
    for (int i = pods.size() - 1; i >= 0; i--) { // mostly one of the last: assumed, and now seen
      if (pods.get(i).uid().equals(pod.uid())) {
        Pod there = pods.remove(i);
        count(there, -1);
        for (HostPort p : there.spec().footprint().ports()) {
          ports.remove(p);
        }
        if (there.spec().pods().hasAffinity()) {
          podsWithAffinity.removeIf(p -> p.uid().equals(pod.uid()));
          podsWithRequiredAntiAffinity.removeIf(p -> p.uid().equals(pod.uid()));
        }
        return true;
      }
    }
    return false;
  }

  private void count(Pod pod, int sign) {
    Pod.Requests r = pod.spec().requests();
    if (sign > 0) {
      requested.add(r.total());
    } else {
      requested.subtract(r.total());
    }
    nonZeroCpu += sign * r.nonZero().get(ResourceVector.CPU);
    nonZeroMemory += sign * r.nonZero().get(ResourceVector.MEMORY);
    claimUses += sign * PodVolumes.claims(pod).size();
    generation++;
    touch();
  }

  /** An independent copy, for trying things out. */
  public NodeInfo copy() {
    NodeInfo copy = new NodeInfo(name, node);
    copy.pods.addAll(pods);
    copy.podsWithAffinity.addAll(podsWithAffinity);
    copy.podsWithRequiredAntiAffinity.addAll(podsWithRequiredAntiAffinity);
    copy.ports.addAll(ports);
    copy.requested = requested.copy();
    copy.nonZeroCpu = nonZeroCpu;
    copy.nonZeroMemory = nonZeroMemory;
    copy.claimUses = claimUses;
    copy.generation = generation;
    copy.position = position;
    copy.nominated = nominated;
    return copy;
  }

  @Override
  public String toString() {
    return name;
  }
}
