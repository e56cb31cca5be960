package io.kubrig.operators.validatingadmissionpolicystatus;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.NamedRuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.ResourceType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The kinds that a policy's rules name. Rules with wildcards name none: whatever they match is not checked. */
final class MatchedTypes {
  private static final int MOST = 10;
  private static final Comparator<ResourceType> ORDER =
      Comparator.comparing(ResourceType::group).thenComparing(ResourceType::version).thenComparing(ResourceType::kind);

  private MatchedTypes() {}

  /** At most ten kinds, sorted. */
  static List<ResourceType> of(ValidatingAdmissionPolicy policy, Discovery known) {
    TreeSet<ResourceType> found = new TreeSet<>(ORDER);
    var constraints = policy.getSpec().getMatchConstraints();
    for (NamedRuleWithOperations rule : constraints == null ? List.<NamedRuleWithOperations>of()
        : Objects.orEmpty(constraints.getResourceRules())) {
      for (ResourceType type : ofRule(rule, known)) {
        if (found.size() < MOST) {
          found.add(type);
        }
      }
    }
    return List.copyOf(found);
  }

  private static List<ResourceType> ofRule(NamedRuleWithOperations rule, Discovery known) {
    List<String> groups = Objects.orEmpty(rule.getApiGroups());
    List<String> versions = Objects.orEmpty(rule.getApiVersions());
    List<ResourceType> types = new ArrayList<>();
    if (groups.stream().anyMatch(group -> group.contains("*")) || versions.stream().anyMatch(version -> version.contains("*"))) {
      return types;
    }
    for (String group : groups.stream().sorted().toList()) {
      for (String version : versions.stream().sorted().toList()) {
        Objects.orEmpty(rule.getResources()).stream().sorted().filter(resource -> !resource.contains("*") && !resource.contains("/"))
            .flatMap(resource -> find(known, group, version, resource).stream()).forEach(types::add);
      }
    }
    return types;
  }

  private static Optional<ResourceType> find(Discovery known, String group, String version, String resource) {
    return known.all().stream()
        .filter(type -> type.group().equals(group) && type.version().equals(version) && type.plural().equals(resource)).findFirst();
  }
}
