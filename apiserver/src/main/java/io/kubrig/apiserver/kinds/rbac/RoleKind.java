package io.kubrig.apiserver.kinds.rbac;

import io.kubrig.apiserver.kinds.pod.WorkloadRules;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Roles and cluster roles. Whether their writer may grant them is admission's to say. */
final class RoleKind implements Kind {
  private static final FieldPath AGGREGATION = FieldPath.of("aggregationRule", "clusterRoleSelectors");

  private final boolean namespaced;

  RoleKind(boolean namespaced) {
    this.namespaced = namespaced;
  }

  @Override
  public NameRule nameRule() {
    return NameRule.PATH_SEGMENT;
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    List<Tree> rules = object.trees("rules");
    for (int i = 0; i < rules.size(); i++) {
      rule(rules.get(i), FieldPath.of("rules").index(i), errors);
    }
    if (!namespaced && object.get("aggregationRule") instanceof Tree aggregation) {
      List<Tree> selectors = aggregation.trees("clusterRoleSelectors");
      if (selectors.isEmpty()) {
        errors.required(AGGREGATION, "at least one clusterRoleSelector required if aggregationRule is non-nil");
      }
      for (int i = 0; i < selectors.size(); i++) {
        Selectors.check(selectors.get(i), AGGREGATION.index(i), errors);
        if (WorkloadRules.parsed(selectors.get(i)).isEmpty()) {
          errors.invalid(AGGREGATION.index(i), null, "invalid label selector.");
        }
      }
    }
  }

  private void rule(Tree rule, FieldPath path, FieldErrors errors) {
    if (rule.list("verbs").isEmpty()) {
      errors.required(path.child("verbs"), "verbs must contain at least one value");
    }
    if (!rule.list("nonResourceURLs").isEmpty()) {
      if (namespaced) {
        errors.invalid(path.child("nonResourceURLs"), rule.list("nonResourceURLs"), "namespaced rules cannot apply to non-resource URLs");
      }
      if (!rule.list("apiGroups").isEmpty() || !rule.list("resources").isEmpty() || !rule.list("resourceNames").isEmpty()) {
        errors.invalid(
            path.child("nonResourceURLs"), rule.list("nonResourceURLs"),
                "rules cannot apply to both regular resources and non-resource URLs");
      }
      return;
    }
    if (rule.list("apiGroups").isEmpty()) {
      errors.required(path.child("apiGroups"), "resource rules must supply at least one api group");
    }
    if (rule.list("resources").isEmpty()) {
      errors.required(path.child("resources"), "resource rules must supply at least one resource");
    }
  }
}
