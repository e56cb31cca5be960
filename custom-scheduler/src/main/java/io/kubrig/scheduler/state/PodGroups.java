package io.kubrig.scheduler.state;

import io.kubrig.scheduler.model.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pods of each pod group: those that wait and those on nodes, assumed ones included. Pods without a group are not known here. Used by
 * the scheduling thread only. Source: KEP-4671.
 */
public final class PodGroups {
  private static final class Group {
    final Map<String, Pod> waiting = new LinkedHashMap<>();
    final Set<String> assumed = new HashSet<>();
    final Set<String> bound = new HashSet<>();
  }

  private static final Group NOBODY = new Group();

  private final Map<String, Group> byKey = new HashMap<>();

  private static String key(Pod pod) {
    return Index.key(pod.namespace(), pod.spec().order().group());
  }

  /** Whether a pod belongs to a group. */
  public static boolean isMember(Pod pod) {
    return pod.spec().order().group() != null;
  }

  private Group groupOf(Pod pod) {
    return byKey.getOrDefault(key(pod), NOBODY);
  }

  /** Notes a pod that waits for a node. */
  public void waits(Pod pod) {
    if (isMember(pod)) {
      byKey.computeIfAbsent(key(pod), k -> new Group()).waiting.put(pod.uid(), pod);
    }
  }

  /** Notes that a pod waits no more. */
  public void leaves(Pod pod) {
    if (isMember(pod)) {
      groupOf(pod).waiting.remove(pod.uid());
      dropEmpty(pod);
    }
  }

  void placed(Pod pod, boolean assumed) {
    if (isMember(pod)) {
      Group g = byKey.computeIfAbsent(key(pod), k -> new Group());
      g.waiting.remove(pod.uid());
      (assumed ? g.assumed : g.bound).add(pod.uid());
    }
  }

  void taken(Pod pod) {
    if (isMember(pod)) {
      Group g = groupOf(pod);
      g.assumed.remove(pod.uid());
      g.bound.remove(pod.uid());
      dropEmpty(pod);
    }
  }

  private void dropEmpty(Pod pod) {
    Group g = groupOf(pod);
    if (g.waiting.isEmpty() && g.assumed.isEmpty() && g.bound.isEmpty()) {
      byKey.remove(key(pod));
    }
  }

  /** How many pods the group of a pod has. */
  public int size(Pod member) {
    Group g = groupOf(member);
    return g.waiting.size() + g.assumed.size() + g.bound.size();
  }

  /** How many of them have a node. */
  public int scheduled(Pod member) {
    Group g = groupOf(member);
    return g.assumed.size() + g.bound.size();
  }

  /** Those that have a node but are not known to be bound, by uid. */
  public Set<String> assumed(Pod member) {
    return Set.copyOf(groupOf(member).assumed);
  }

  /** Those that wait for a node, in the order of their arrival. */
  public List<Pod> waiting(Pod member) {
    return new ArrayList<>(groupOf(member).waiting.values());
  }
}
