package io.kubrig.apiserver.kinds.admissionregistration;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** What requests a webhook or policy is for: rules, selectors and how versions match. Defaults and rules of both. */
final class MatchRules {
  private static final List<String> OPERATIONS = List.of("*", "CONNECT", "CREATE", "DELETE", "UPDATE");
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
    boolean everySubresource = resources.contains("*/*");
    for (int i = 0; i < resources.size(); i++) {
      String resource = resources.get(i);
      if (resource.isEmpty()) {
        errors.required(path.index(i), "");
      } else if (resource.equals("*/") || resource.equals("/*")) {
        errors.invalid(path.index(i), resource, "must not be empty");
      }
      if (everySubresource && !resource.equals("*/*") && resource.contains("/")) {
        errors.invalid(path.index(i), resource, "if '*/*' is present, must not specify " + resource);
      }
    }
    if (resources.contains("*/*") && resources.size() > 1) {
      errors.invalid(path, new ArrayList<Object>(resources), "if '*/*' is present, must not specify other resources");
    }
    if (resources.contains("*") && resources.stream().anyMatch(resource -> !resource.equals("*") && !resource.contains("/"))) {
      errors.invalid(path, new ArrayList<Object>(resources), "if '*' is present, must not specify other resources without subresources");
    }
  }

  /** The match resources of a policy or binding. */
  static void resourcesToMatch(Tree match, boolean needsRules, FieldPath path, FieldErrors errors) {
    selectors(match, path, errors);
    if (match.get("matchPolicy") == null) {
      errors.required(path.child("matchPolicy"), "");
    }
    List<Tree> rules = match.trees("resourceRules");
    if (needsRules && rules.isEmpty()) {
      errors.required(path.child("resourceRules"), "");
    }
    rules(rules, path.child("resourceRules"), errors);
    rules(match.trees("excludeResourceRules"), path.child("excludeResourceRules"), errors);
  }
}
