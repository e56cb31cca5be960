package io.kubrig.apiserver.authz;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * One rule of a role (source: rbac/v1 PolicyRule).
 *
 * @param names resource names; empty for all
 * @param urls non-resource paths, possibly ending in a star
 */
public record PolicyRule(List<String> verbs, List<String> groups, List<String> resources, List<String> names, List<String> urls) {
  private static final String ALL = "*";
  private static final List<String> ANY = List.of(ALL);

  /** The two rules of cluster-admin. */
  public static final List<PolicyRule> EVERYTHING =
      List.of(new PolicyRule(ANY, ANY, ANY, List.of(), List.of()), new PolicyRule(ANY, List.of(), List.of(), List.of(), ANY));

  public PolicyRule {
    verbs = List.copyOf(verbs);
    groups = List.copyOf(groups);
    resources = List.copyOf(resources);
    names = List.copyOf(names);
    urls = List.copyOf(urls);
  }

  static PolicyRule of(Tree rule) {
    return new PolicyRule(rule.strings("verbs"), rule.strings("apiGroups"), rule.strings("resources"), rule.strings("resourceNames"),
        rule.strings("nonResourceURLs"));
  }

  static List<PolicyRule> listOf(Tree role) {
    return role.trees("rules").stream().map(PolicyRule::of).toList();
  }

  Tree tree() {
    Tree tree = new Tree();
    put(tree, "verbs", verbs);
    put(tree, "apiGroups", groups);
    put(tree, "resources", resources);
    put(tree, "resourceNames", names);
    put(tree, "nonResourceURLs", urls);
    return tree;
  }

  private static void put(Tree tree, String name, List<String> values) {
    if (!values.isEmpty()) {
      tree.set(name, new ArrayList<Object>(values));
    }
  }

  boolean allows(Attributes asked) {
    if (!holds(verbs, asked.verb())) {
      return false;
    }
    if (!asked.resourceRequest()) {
      return urls.stream().anyMatch(url -> urlMatches(url, asked.path()));
    }
    return holds(groups, asked.group())
        && resourceMatches(asked.combinedResource(), asked.subresource())
        && (names.isEmpty() || names.contains(asked.name()));
  }

  private static boolean holds(List<String> list, String value) {
    return list.contains(value) || list.contains(ALL);
  }

  private boolean resourceMatches(String combined, String subresource) {
    for (String resource : resources) {
      if (resource.equals(ALL) || resource.equals(combined)) {
        return true;
      }
      if (!subresource.isEmpty() && resource.length() == subresource.length() + 2 && resource.startsWith("*/")
          && resource.endsWith(subresource)) {
        return true;
      }
    }
    return false;
  }

  static boolean urlMatches(String rule, String asked) {
    if (rule.equals(ALL) || rule.equals(asked)) {
      return true;
    }
    return rule.endsWith(ALL) && asked.startsWith(withoutStars(rule));
  }

  private static String withoutStars(String rule) {
    int end = rule.length();
    while (end > 0 && rule.charAt(end - 1) == '*') {
      end--;
    }
    return rule.substring(0, end);
  }

  /** Whether this rule grants everything that a broken-down one (one verb, one resource or URL, at most one name) asks. */
  boolean covers(PolicyRule part) {
    if (!holds(verbs, part.verbs.getFirst())) {
      return false;
    }
    if (!part.urls.isEmpty()) {
      return urls.stream().anyMatch(url -> urlMatches(url, part.urls.getFirst()));
    }
    return holds(groups, part.groups.getFirst())
        && coversResource(part.resources.getFirst())
        && (names.isEmpty() || (!part.names.isEmpty() && names.contains(part.names.getFirst())));
  }

  private boolean coversResource(String asked) {
    if (resources.contains(ALL) || resources.contains(asked)) {
      return true;
    }
    int slash = asked.indexOf('/');
    return slash > 0 && resources.contains("*" + asked.substring(slash));
  }

  /** As single rights: one verb, one group, one resource, at most one name; or one verb, one URL. */
  List<PolicyRule> parts() {
    List<PolicyRule> parts = new ArrayList<>();
    for (String group : groups) {
      for (String resource : resources) {
        for (String verb : verbs) {
          if (names.isEmpty()) {
            parts.add(new PolicyRule(List.of(verb), List.of(group), List.of(resource), List.of(), List.of()));
          }
          for (String name : names) {
            parts.add(new PolicyRule(List.of(verb), List.of(group), List.of(resource), List.of(name), List.of()));
          }
        }
      }
    }
    for (String url : urls) {
      for (String verb : verbs) {
        parts.add(new PolicyRule(List.of(verb), List.of(), List.of(), List.of(), List.of(url)));
      }
    }
    return parts;
  }

  /** As native prints it in messages. */
  String compact() {
    List<String> members = new ArrayList<>();
    describe(members, "APIGroups", groups);
    describe(members, "Resources", resources);
    describe(members, "NonResourceURLs", urls);
    describe(members, "ResourceNames", names);
    describe(members, "Verbs", verbs);
    return "{" + String.join(", ", members) + "}";
  }

  private static void describe(List<String> members, String name, List<String> values) {
    if (!values.isEmpty()) {
      members.add(name + ":" + quoted(values));
    }
  }

  /** A list of strings as Go prints it with %q. */
  static String quoted(List<String> values) {
    return "[" + String.join(" ", values.stream().map(value -> "\"" + value + "\"").toList()) + "]";
  }
}
