package io.kubrig.scheduler.plugins.interpodaffinity;

import io.kubrig.scheduler.model.AffinityTerm;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.Layout;
import io.kubrig.scheduler.state.NodeInfo;
import io.kubrig.scheduler.state.Tally;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Where the pods are that have terms of their own: for each different term, how many pods with it each domain has. Pods of one template
 * share their terms, so there are few, and an incoming pod is matched against the terms instead of against every pod.
 */
final class ExistingTerms extends Tally {

  /** What a term is to the pod that has it. */
  enum Role { REQUIRED_ANTI_AFFINITY, REQUIRED_AFFINITY, PREFERRED_AFFINITY, PREFERRED_ANTI_AFFINITY }

  private static final class Holders {
    final DomainCounts counts;
    int pods;

    Holders(DomainCounts counts) {
      this.counts = counts;
    }
  }

  private final Map<Role, Map<AffinityTerm, Holders>> byRole = new EnumMap<>(Role.class);
  private Layout layout;

  ExistingTerms() {
    for (Role r : Role.values()) {
      byRole.put(r, new HashMap<>());
    }
  }

  @Override
  protected void reset(Layout newLayout) {
    layout = newLayout;
    byRole.values().forEach(Map::clear);
  }

  @Override
  protected void count(Pod pod, NodeInfo node, int by) {
    Pod.PodRules rules = pod.spec().pods();
    if (rules.hasAffinity()) {
      count(Role.REQUIRED_ANTI_AFFINITY, rules.requiredAntiAffinity(), node, by);
      count(Role.REQUIRED_AFFINITY, rules.requiredAffinity(), node, by);
      count(Role.PREFERRED_AFFINITY, rules.preferredAffinity(), node, by);
      count(Role.PREFERRED_ANTI_AFFINITY, rules.preferredAntiAffinity(), node, by);
    }
  }

  private void count(Role role, List<AffinityTerm> terms, NodeInfo node, int by) {
    Map<AffinityTerm, Holders> known = byRole.get(role);
    for (AffinityTerm t : terms) {
      Holders h = known.computeIfAbsent(t, term -> new Holders(new DomainCounts(term.topologyKey(), layout)));
      h.counts.add(node, by);
      h.pods += by;
      if (h.pods == 0) {
        known.remove(t);
      }
    }
  }

  /** Tells the terms of a role that mean a pod, with where the pods are that have them. */
  void matching(Role role, Pod pod, Labels namespace, BiConsumer<AffinityTerm, DomainCounts> found) {
    byRole.get(role).forEach((term, holders) -> {
      if (term.matches(pod, namespace)) {
        found.accept(term, holders.counts);
      }
    });
  }

  @Override
  protected boolean dependsOnNamespaces() {
    return false;
  }
}
