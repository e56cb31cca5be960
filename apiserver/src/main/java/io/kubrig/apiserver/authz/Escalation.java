package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Nobody grants what he does not have: checks on writes of roles and bindings, unless the writer may {@code escalate} or {@code bind}.
 * (Source: pkg/registry/rbac of native, policy-based storages.)
 */
public final class Escalation {
  private static final String MASTERS = "system:masters";

  private final Authorizer authorizer;
  private final Rbac rbac;

  /** @param authorizer decides on the verbs escalate and bind */
  public Escalation(Authorizer authorizer, Rbac rbac) {
    this.authorizer = authorizer;
    this.rbac = rbac;
  }

  /**
   * Checks a Role or ClusterRole that is about to be stored.
   *
   * @param resource roles or clusterroles
   * @param old null on create
   * @throws ApiException 403
   */
  public void checkRole(UserInfo user, String resource, Tree role, Tree old) {
    Tree metadata = role.tree("metadata");
    String namespace = metadata.string("namespace");
    String name = metadata.string("name");
    if (user.in(MASTERS) || may(user, "escalate", resource, namespace, name) || (old != null && onlyCollected(role, old))) {
      return;
    }
    if (hasAggregation(role) || (old != null && hasAggregation(old))) {
      if (!uncovered(user, namespace, PolicyRule.EVERYTHING).isEmpty()) {
        throw ApiException.forbidden(Rbac.GROUP, resource, name, "must have cluster-admin privileges to use the aggregationRule");
      }
    }
    confirm(user, namespace, PolicyRule.listOf(role), resource, name);
  }

  /**
   * Checks a RoleBinding or ClusterRoleBinding that is about to be stored.
   *
   * @param resource rolebindings or clusterrolebindings
   * @param old null on create
   * @throws ApiException 403, or 404 when the role is not there and the writer may not bind it
   */
  public void checkBinding(UserInfo user, String resource, Tree binding, Tree old) {
    Tree metadata = binding.tree("metadata");
    String namespace = metadata.string("namespace");
    Tree reference = binding.tree("roleRef");
    String kind = reference.string("kind");
    String roles = kind.equals("ClusterRole") ? "clusterroles" : "roles";
    if (user.in(MASTERS) || (old != null && onlyCollected(binding, old)) || may(user, "bind", roles, namespace, reference.string("name"))) {
      return;
    }
    List<PolicyRule> rules =
        rbac.rulesOf(kind, reference.string("name"), namespace)
            .orElseThrow(() -> ApiException.notFound(Rbac.GROUP, roles, reference.string("name")));
    confirm(user, namespace, rules, resource, metadata.string("name"));
  }

  private boolean may(UserInfo user, String verb, String resource, String namespace, String name) {
    return authorizer.authorize(Attributes.resource(user, verb, Rbac.GROUP, "*", namespace, resource, "", name)).allows();
  }

  private static boolean hasAggregation(Tree role) {
    return !role.tree("aggregationRule").trees("clusterRoleSelectors").isEmpty();
  }

  /** Whether an update changes nothing but what the garbage collector needs: finalizers and owner references. */
  private static boolean onlyCollected(Tree object, Tree old) {
    return withoutCollectedFields(object).equals(withoutCollectedFields(old));
  }

  private static Tree withoutCollectedFields(Tree object) {
    Tree copy = object.copy();
    Tree metadata = copy.need("metadata");
    for (String field : List.of("ownerReferences", "finalizers", "managedFields", "resourceVersion")) {
      metadata.remove(field);
    }
    return copy;
  }

  private void confirm(UserInfo user, String namespace, List<PolicyRule> rules, String resource, String name) {
    List<PolicyRule> missing = uncovered(user, namespace, rules);
    if (missing.isEmpty()) {
      return;
    }
    TreeSet<String> lines = new TreeSet<>();
    for (PolicyRule rule : compacted(missing)) {
      lines.add(rule.compact());
    }
    String message =
        "user \"" + user.name() + "\" (groups=" + PolicyRule.quoted(user.groups())
            + ") is attempting to grant RBAC permissions not currently held:\n" + String.join("\n", lines);
    String errors = rbac.rulesFor(user, namespace).error();
    throw ApiException.forbidden(Rbac.GROUP, resource, name, errors.isEmpty() ? message
        : message + "; resolution errors: [" + errors + "]");
  }

  private List<PolicyRule> uncovered(UserInfo user, String namespace, List<PolicyRule> wanted) {
    List<PolicyRule> owned = rbac.rulesFor(user, namespace).rules();
    List<PolicyRule> missing = new ArrayList<>();
    for (PolicyRule rule : wanted) {
      for (PolicyRule part : rule.parts()) {
        if (owned.stream().noneMatch(own -> own.covers(part))) {
          missing.add(part);
        }
      }
    }
    return missing;
  }

  /** Joins the verbs of rights on the same resource. */
  private static List<PolicyRule> compacted(List<PolicyRule> parts) {
    Map<List<List<String>>, List<String>> verbs = new LinkedHashMap<>();
    List<PolicyRule> compacted = new ArrayList<>();
    for (PolicyRule part : parts) {
      if (!part.urls().isEmpty()) {
        compacted.add(part);
        continue;
      }
      List<String> known = verbs.computeIfAbsent(List.of(part.groups(), part.resources(), part.names()), key -> new ArrayList<>());
      if (!known.contains(part.verbs().getFirst())) {
        known.add(part.verbs().getFirst());
      }
    }
    verbs.forEach((what, which) -> compacted.add(new PolicyRule(which, what.get(0), what.get(1), what.get(2), List.of())));
    return compacted;
  }
}
