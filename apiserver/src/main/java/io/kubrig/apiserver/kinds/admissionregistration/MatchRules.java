package io.kubrig.apiserver.kinds.admissionregistration;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What requests a webhook or policy is for: rules, selectors and how versions match. Defaults and rules of both. */
final class MatchRules {
  private static final List<String> OPERATIONS = List.of("*", "CONNECT", "CREATE", "DELETE", "UPDATE");
  private static final List<String> MUTATING_OPERATIONS = List.of("*", "CONNECT", "CREATE", "UPDATE");
  private static final List<String> SCOPES = List.of("*", "Cluster", "Namespaced");
  private static final List<String> POLICIES = List.of("Equivalent", "Exact");

  private MatchRules() {}

  /** Fills selectors, match policy and the scope of rules under the given members. */
  static void applyDefaults(Tree holder, String... ruleMembers) {
    holder.fill("matchPolicy", "Equivalent");
    holder.fill("namespaceSelector", new Tree());
    holder.fill("objectSelector", new Tree());
    for (String member : ruleMembers) {
      for (Tree rule : holder.trees(member)) {
        rule.fill("scope", "*");
      }
    }
  }

  static void selectors(Tree holder, FieldPath path, FieldErrors errors) {
    if (holder.get("matchPolicy") != null && !POLICIES.contains(holder.string("matchPolicy"))) {
      errors.notSupported(path.child("matchPolicy"), holder.string("matchPolicy"), POLICIES);
    }
    for (String member : List.of("namespaceSelector", "objectSelector")) {
      Selectors.check(holder.tree(member), path.child(member), errors);
    }
  }

  static void rules(List<Tree> rules, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < rules.size(); i++) {
      rule(rules.get(i), path.index(i), errors);
    }
  }

  private static void rule(Tree rule, FieldPath path, FieldErrors errors) {
    List<String> operations = rule.strings("operations");
    FieldPath at = path.child("operations");
    if (operations.isEmpty()) {
      errors.required(at, "");
    }
    if (operations.size() > 1 && operations.contains("*")) {
      errors.invalid(at, new ArrayList<Object>(operations), "if '*' is present, must not specify other operations");
    }
    for (int i = 0; i < operations.size(); i++) {
      if (!OPERATIONS.contains(operations.get(i))) {
        errors.notSupported(at.index(i), operations.get(i), OPERATIONS);
      }
    }
    wildcard(rule, "apiGroups", path, errors);
    wildcard(rule, "apiVersions", path, errors);
    List<String> versions = rule.strings("apiVersions");
    for (int i = 0; i < versions.size(); i++) {
      if (versions.get(i).isEmpty()) {
        errors.required(path.child("apiVersions").index(i), "");
      }
    }
    resources(rule.strings("resources"), path.child("resources"), errors);
    String scope = rule.string("scope");
    if (rule.get("scope") != null && !SCOPES.contains(scope)) {
      errors.notSupported(path.child("scope"), scope, SCOPES);
    }
  }

  private static void wildcard(Tree rule, String member, FieldPath path, FieldErrors errors) {
    List<String> values = rule.strings(member);
    if (values.isEmpty()) {
      errors.required(path.child(member), "");
    }
    if (values.size() > 1 && values.contains("*")) {
      String words = member.equals("apiGroups") ? "API groups" : "API versions";
      errors.invalid(path.child(member), new ArrayList<Object>(values), "if '*' is present, must not specify other " + words);
    }
  }

  private static void resources(List<String> resources, FieldPath path, FieldErrors errors) {
    if (resources.isEmpty()) {
      errors.required(path, "");
    }
    Set<String> everySubresource = new HashSet<>();
    Set<String> everyResource = new HashSet<>();
    boolean whole = false;
    for (int i = 0; i < resources.size(); i++) {
      String resource = resources.get(i);
      int slash = resource.indexOf('/');
      if (resource.isEmpty()) {
        errors.required(path.index(i), "");
      } else if (slash < 0) {
        whole = !resource.equals("*"); // the last one decides, as natively
      } else {
        String name = resource.substring(0, slash);
        String subresource = resource.substring(slash + 1);
        if (everySubresource.contains(name)) {
          errors.invalid(path.index(i), resource, "if '" + name + "/*' is present, must not specify " + resource);
        }
        if (everyResource.contains(subresource)) {
          errors.invalid(path.index(i), resource, "if '*/" + subresource + "' is present, must not specify " + resource);
        }
        if (subresource.equals("*")) {
          everySubresource.add(name);
        }
        if (name.equals("*")) {
          everyResource.add(subresource);
        }
      }
    }
    if (resources.contains("*/*") && resources.size() > 1) {
      errors.invalid(path, new ArrayList<Object>(resources), "if '*/*' is present, must not specify other resources");
    }
    if (resources.contains("*") && whole) {
      errors.invalid(path, new ArrayList<Object>(resources), "if '*' is present, must not specify other resources without subresources");
    }
  }

  /** The match resources of a policy or binding. */
  static void resourcesToMatch(Tree match, boolean needsRules, FieldPath path, FieldErrors errors) {
    if (match.get("matchPolicy") == null) {
      errors.required(path.child("matchPolicy"), "");
    }
    selectors(match, path, errors);
    List<Tree> rules = match.trees("resourceRules");
    namedRules(rules, path.child("resourceRules"), errors);
    namedRules(match.trees("excludeResourceRules"), path.child("excludeResourceRules"), errors);
    if (needsRules && rules.isEmpty()) {
      errors.required(path.child("resourceRules"), "");
    }
  }

  private static void namedRules(List<Tree> rules, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < rules.size(); i++) {
      FieldPath at = path.index(i).child("resourceNames");
      List<String> names = rules.get(i).strings("resourceNames");
      Set<String> seen = new HashSet<>();
      for (int j = 0; j < names.size(); j++) {
        String name = names.get(j);
        FieldPath place = at.index(j);
        Names.pathSegment(name, false).forEach(text -> errors.invalid(place, name, text));
        if (!seen.add(name)) {
          errors.duplicate(place, name);
        }
      }
      rule(rules.get(i), path.index(i), errors);
    }
  }

  /** Requests that only read or delete have no object that could be changed. */
  static void mutatingOperations(Tree match, FieldPath path, FieldErrors errors) {
    for (Tree rule : match.trees("resourceRules")) {
      for (String operation : rule.strings("operations")) {
        if (!MUTATING_OPERATIONS.contains(operation)) {
          errors.notSupported(path.child("resourceRules", "operations"), operation, MUTATING_OPERATIONS);
        }
      }
    }
  }
}
