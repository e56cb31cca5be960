package io.kubrig.apiserver.audit;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of {@code --audit-policy-file}: the first that fits a request says how much is noted of it. */
public final class AuditPolicy {

  /** How much is noted. */
  public enum Level {
    NONE("None"),
    METADATA("Metadata"),
    REQUEST("Request"),
    REQUEST_RESPONSE("RequestResponse");

    private final String text;

    Level(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    static Level of(String text) {
      for (Level level : values()) {
        if (level.text.equals(text)) {
          return level;
        }
      }
      throw new IllegalArgumentException("unsupported audit level \"" + text + "\"");
    }
  }

  /**
   * What is noted of one request.
   *
   * @param omitStages stages of which nothing is noted
   */
  public record Decision(Level level, Set<String> omitStages, boolean omitManagedFields) {}

  private record Resources(String group, List<String> resources, List<String> names) {}

  private record Rule(
      Decision decision, List<String> users, List<String> groups, List<String> verbs, List<Resources> resources, List<String> namespaces,
      List<String> urls) {}

  private final List<Rule> rules = new ArrayList<>();
  private final Set<String> omitStages;

  /**
   * @param policy a decoded audit.k8s.io/v1 Policy
   * @throws IllegalArgumentException when it is not one
   */
  public AuditPolicy(Tree policy) {
    if (!policy.string("kind").equals("Policy") || !policy.string("apiVersion").equals("audit.k8s.io/v1")) {
      throw new IllegalArgumentException(
          "unknown group version field " + policy.string("apiVersion") + ", Kind=" + policy.string("kind") + " in policy file");
    }
    if (policy.trees("rules").isEmpty()) {
      throw new IllegalArgumentException("loaded illegal policy with 0 rules from file");
    }
    omitStages = new HashSet<>(policy.strings("omitStages"));
    for (Tree rule : policy.trees("rules")) {
      Set<String> stages = new HashSet<>(omitStages);
      stages.addAll(rule.strings("omitStages"));
      Decision decision =
          new Decision(Level.of(rule.string("level")), stages, rule.bool("omitManagedFields", policy.bool("omitManagedFields")));
      List<Resources> resources =
          rule.trees("resources").stream()
              .map(some -> new Resources(some.string("group"), some.strings("resources"), some.strings("resourceNames")))
              .toList();
      rules.add(
          new Rule(decision, rule.strings("users"), rule.strings("userGroups"), rule.strings("verbs"), resources,
              rule.strings("namespaces"),
              rule.strings("nonResourceURLs")));
    }
  }

  public Decision decide(UserInfo user, RequestInfo info) {
    for (Rule rule : rules) {
      if (fits(rule, user, info)) {
        return rule.decision;
      }
    }
    return new Decision(Level.NONE, omitStages, false);
  }

  private static boolean fits(Rule rule, UserInfo user, RequestInfo info) {
    if (!rule.users.isEmpty() && !rule.users.contains(user.name())) {
      return false;
    }
    if (!rule.groups.isEmpty() && rule.groups.stream().noneMatch(user::in)) {
      return false;
    }
    if (!rule.verbs.isEmpty() && !rule.verbs.contains(info.verb())) {
      return false;
    }
    if (!rule.namespaces.isEmpty() || !rule.resources.isEmpty()) {
      return info.resource() && fitsResource(rule, info);
    }
    return rule.urls.isEmpty() || (!info.resource() && rule.urls.stream().anyMatch(url -> urlFits(url, info.path())));
  }

  private static boolean fitsResource(Rule rule, RequestInfo info) {
    if (!rule.namespaces.isEmpty() && !rule.namespaces.contains(info.namespace())) {
      return false;
    }
    if (rule.resources.isEmpty()) {
      return true;
    }
    String combined = info.resourceWithSubresource();
    return rule.resources.stream().anyMatch(some -> some.group.equals(info.group()) && fitsOne(some, info, combined));
  }

  private static boolean fitsOne(Resources some, RequestInfo info, String combined) {
    if (some.resources.isEmpty()) {
      return true;
    }
    if (!some.names.isEmpty() && !some.names.contains(info.name())) {
      return false;
    }
    for (String resource : some.resources) {
      boolean wildSubresource = resource.startsWith("*/") && resource.substring(2).equals(info.subresource());
      boolean anySubresource = resource.endsWith("/*") && resource.substring(0, resource.length() - 2).equals(info.resourceName());
      if (resource.equals("*") || resource.equals(combined) || wildSubresource || anySubresource) {
        return true;
      }
    }
    return false;
  }

  private static boolean urlFits(String pattern, String path) {
    if (pattern.equals("*") || pattern.equals(path)) {
      return true;
    }
    return pattern.endsWith("*") && path.startsWith(pattern.substring(0, pattern.length() - 1));
  }
}
