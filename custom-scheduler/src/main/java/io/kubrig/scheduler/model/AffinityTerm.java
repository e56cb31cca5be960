package io.kubrig.scheduler.model;

import java.util.Set;

/**
 * A term of pod affinity or anti-affinity.
 *
 * @param namespaces where the selected pods live; empty together with a selector of nothing cannot occur (the pod's own is filled in)
 * @param namespaceSelector further namespaces, by their labels
 * @param weight of a preferred term; 0 for a required one
 */
public record AffinityTerm(Set<String> namespaces, Selector namespaceSelector, Selector selector, String topologyKey, int weight) {
  public AffinityTerm {
    namespaces = Set.copyOf(namespaces);
  }

  /** Whether a pod is meant by this term. */
  public boolean matches(Pod pod, Labels namespaceLabels) {
    return (namespaces.contains(pod.namespace()) || namespaceSelector.matches(namespaceLabels)) && selector.matches(pod.labels());
  }
}
