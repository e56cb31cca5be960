package io.kubrig.operators.resourcequota;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.ResourceQuotaSpec;
import io.fabric8.kubernetes.api.model.ScopedResourceSelectorRequirement;
import io.fabric8.kubernetes.api.model.ScopedResourceSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which pods a quota is about. */
final class Scopes {
  private final List<ScopedResourceSelectorRequirement> terms;

  private Scopes(List<ScopedResourceSelectorRequirement> terms) {
    this.terms = terms;
  }

  static Scopes of(ResourceQuotaSpec spec) {
    List<ScopedResourceSelectorRequirement> terms = new ArrayList<>();
    Objects.orEmpty(spec.getScopes())
        .forEach(scope -> terms.add(new ScopedResourceSelectorRequirementBuilder().withScopeName(scope).withOperator("Exists").build()));
    if (spec.getScopeSelector() != null) {
      terms.addAll(Objects.orEmpty(spec.getScopeSelector().getMatchExpressions()));
    }
    return new Scopes(terms);
  }

  /** Whether the quota is about all objects. */
  boolean isEmpty() {
    return terms.isEmpty();
  }

  boolean matches(Pod pod) {
    return terms.stream().allMatch(term -> matches(term, pod));
  }

  private static boolean matches(ScopedResourceSelectorRequirement term, Pod pod) {
    return switch (term.getScopeName()) {
      case "Terminating" -> pod.getSpec().getActiveDeadlineSeconds() != null;
      case "NotTerminating" -> pod.getSpec().getActiveDeadlineSeconds() == null;
      case "BestEffort" -> PodUsage.isBestEffort(pod);
      case "NotBestEffort" -> !PodUsage.isBestEffort(pod);
      case "PriorityClass" -> holds(term, pod.getSpec().getPriorityClassName());
      case "CrossNamespacePodAffinity" -> reachesOut(pod.getSpec().getAffinity());
      default -> false;
    };
  }

  private static boolean holds(ScopedResourceSelectorRequirement term, String value) {
    boolean present = value != null && !value.isEmpty();
    return switch (term.getOperator()) {
      case "In" -> present && term.getValues().contains(value);
      case "NotIn" -> !present || !term.getValues().contains(value);
      case "Exists" -> present;
      default -> !present;
    };
  }

  private static boolean reachesOut(Affinity affinity) {
    if (affinity == null) {
      return false;
    }
    Stream<PodAffinityTerm> near = affinity.getPodAffinity() == null ? Stream.empty()
        : terms(affinity.getPodAffinity().getRequiredDuringSchedulingIgnoredDuringExecution(),
            affinity.getPodAffinity().getPreferredDuringSchedulingIgnoredDuringExecution());
    Stream<PodAffinityTerm> apart = affinity.getPodAntiAffinity() == null ? Stream.empty()
        : terms(affinity.getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecution(),
            affinity.getPodAntiAffinity().getPreferredDuringSchedulingIgnoredDuringExecution());
    return Stream.concat(near, apart)
        .anyMatch(term -> !Objects.orEmpty(term.getNamespaces()).isEmpty() || term.getNamespaceSelector() != null);
  }

  private static Stream<PodAffinityTerm> terms(List<PodAffinityTerm> required, List<WeightedPodAffinityTerm> preferred) {
    return Stream.concat(Objects.orEmpty(required).stream(),
        Objects.orEmpty(preferred).stream().map(WeightedPodAffinityTerm::getPodAffinityTerm));
  }
}
