package io.kubrig.operators.clusterroleaggregation;

import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.ownership.Selector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Writes the rules of ClusterRoles that have an aggregation rule. Keys are such roles. */
public final class ClusterRoleAggregationController implements Controller {
  private final Api api;
  private final Cached<ClusterRole> roles;

  /** A controller in a manager. */
  public ClusterRoleAggregationController(ControllerContext context) {
    this.api = context.api();
    this.roles = context.caches().of(ClusterRole.class);
  }

  @Override
  public void watch(Queue queue) {
    roles.onChange(changed -> roles.list().stream().filter(role -> role.getAggregationRule() != null)
        .forEach(role -> queue.add(Key.of(role))));
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<ClusterRole> role = roles.get(key).filter(r -> r.getAggregationRule() != null);
    if (role.isPresent()) {
      List<PolicyRule> rules = rules(role.get(), roles.list());
      if (!rules.equals(Objects.orEmpty(role.get().getRules()))) {
        api.update(new ClusterRoleBuilder(Objects.copy(role.get())).withRules(rules).build());
      }
    }
    return Outcome.DONE;
  }

  /** The rules of all that the selectors choose, selector by selector, by name; each rule once. */
  static List<PolicyRule> rules(ClusterRole role, List<ClusterRole> all) {
    List<PolicyRule> rules = new ArrayList<>();
    Objects.orEmpty(role.getAggregationRule().getClusterRoleSelectors()).stream().map(Selector::of).forEach(selector ->
        all.stream().filter(other -> !other.getMetadata().getName().equals(role.getMetadata().getName()))
            .filter(other -> selector.matches(other.getMetadata().getLabels()))
            .sorted(Comparator.comparing(other -> other.getMetadata().getName()))
            .flatMap(other -> Objects.orEmpty(other.getRules()).stream())
            .filter(rule -> !rules.contains(rule)).forEach(rules::add));
    return rules;
  }
}
