package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Role-based access control over a cache of roles and bindings that follows the stored objects. Bindings are indexed by subject, so a
 * decision costs what the user is bound to, not how many bindings there are. (Source: plugin/pkg/auth/authorizer/rbac.)
 */
public final class Rbac implements Authorizer {
  /** The API group of roles and bindings. */
  public static final String GROUP = "rbac.authorization.k8s.io";

  private final Map<String, List<PolicyRule>> clusterRoles = new ConcurrentHashMap<>();
  private final Map<String, List<PolicyRule>> roles = new ConcurrentHashMap<>();
  private final Bindings clusterBindings = new Bindings();
  private final Map<String, Bindings> bindings = new ConcurrentHashMap<>();

  public Rbac(ObjectReader objects) {
    objects.follow(GROUP, "clusterroles", roleFollower(clusterRoles));
    objects.follow(GROUP, "roles", roleFollower(roles));
    objects.follow(GROUP, "clusterrolebindings", bindingFollower(namespace -> clusterBindings));
    objects.follow(GROUP, "rolebindings", bindingFollower(namespace -> bindings.computeIfAbsent(namespace, n -> new Bindings())));
  }

  private static ObjectReader.Follower roleFollower(Map<String, List<PolicyRule>> known) {
    return new ObjectReader.Follower() {
      @Override
      public void put(Tree role) {
        known.put(key(role), PolicyRule.listOf(role));
      }

      @Override
      public void removed(Tree role) {
        known.remove(key(role));
      }
    };
  }

  private static String key(Tree object) {
    return object.tree("metadata").string("namespace") + "/" + object.tree("metadata").string("name");
  }

  private static ObjectReader.Follower bindingFollower(Function<String, Bindings> scope) {
    return new ObjectReader.Follower() {
      @Override
      public void put(Tree binding) {
        scope.apply(binding.tree("metadata").string("namespace")).put(Binding.of(binding));
      }

      @Override
      public void removed(Tree binding) {
        scope.apply(binding.tree("metadata").string("namespace")).remove(binding.tree("metadata").string("name"));
      }
    };
  }

  @Override
  public Verdict authorize(Attributes asked) {
    Set<String> errors = new LinkedHashSet<>();
    String allowed = search(clusterBindings, asked, "", errors);
    if (allowed == null && !asked.namespace().isEmpty() && bindings.containsKey(asked.namespace())) {
      allowed = search(bindings.get(asked.namespace()), asked, asked.namespace(), errors);
    }
    if (allowed != null) {
      return Verdict.allow("RBAC: allowed by " + allowed);
    }
    return Verdict.noOpinion(errors.isEmpty() ? "" : "RBAC: " + joined(errors));
  }

  /** The description of the binding that allows it, or null. */
  private String search(Bindings scope, Attributes asked, String namespace, Set<String> errors) {
    for (Bindings.Match match : scope.of(asked.user())) {
      Optional<List<PolicyRule>> rules = rulesOf(match.binding().roleKind(), match.binding().roleName(), namespace);
      if (rules.isEmpty()) {
        errors.add(missing(match.binding().roleKind(), match.binding().roleName()));
        continue;
      }
      for (PolicyRule rule : rules.get()) {
        if (rule.allows(asked)) {
          return match.describe();
        }
      }
    }
    return null;
  }

  /** The rules of a role; empty when there is no such role. */
  Optional<List<PolicyRule>> rulesOf(String kind, String name, String namespace) {
    return Optional.ofNullable(kind.equals("ClusterRole") ? clusterRoles.get("/" + name) : roles.get(namespace + "/" + name));
  }

  static String missing(String kind, String name) {
    return (kind.equals("ClusterRole") ? "clusterrole." : "role.") + GROUP + " \"" + name + "\" not found";
  }

  private static String joined(Set<String> errors) {
    return errors.size() == 1 ? errors.iterator().next() : "[" + String.join(", ", errors) + "]";
  }

  @Override
  public UserRules rulesFor(UserInfo user, String namespace) {
    List<PolicyRule> rules = new ArrayList<>();
    Set<String> errors = new LinkedHashSet<>();
    collect(clusterBindings, user, "", rules, errors);
    if (!namespace.isEmpty() && bindings.containsKey(namespace)) {
      collect(bindings.get(namespace), user, namespace, rules, errors);
    }
    return new UserRules(rules, !errors.isEmpty(), errors.isEmpty() ? "" : joined(errors));
  }

  private void collect(Bindings scope, UserInfo user, String namespace, List<PolicyRule> rules, Set<String> errors) {
    for (Bindings.Match match : scope.of(user)) {
      rulesOf(match.binding().roleKind(), match.binding().roleName(), namespace)
          .ifPresentOrElse(rules::addAll, () -> errors.add(missing(match.binding().roleKind(), match.binding().roleName())));
    }
  }
}
