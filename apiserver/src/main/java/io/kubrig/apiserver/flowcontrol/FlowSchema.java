package io.kubrig.apiserver.flowcontrol;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.machinery.tree.Tree;
import java.util.Comparator;
import java.util.List;

/**
 * Which requests make one flow control class, and how flows are told apart in it. (Source: flowcontrol.apiserver.k8s.io/v1 FlowSchema.)
 *
 * @param level name of its priority level
 * @param distinguisher ByUser, ByNamespace, or "" where all requests are one flow
 */
record FlowSchema(String name, String uid, String level, long precedence, String distinguisher, List<Tree> rules) {
  private static final String ALL = "*";
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  /** The order in which schemas are tried. */
  static final Comparator<FlowSchema> ORDER = Comparator.comparingLong(FlowSchema::precedence).thenComparing(FlowSchema::name);

  static FlowSchema of(Tree object) {
    Tree metadata = object.tree("metadata");
    Tree spec = object.tree("spec");
    return new FlowSchema(
        metadata.string("name"),
        metadata.string("uid"),
        spec.tree("priorityLevelConfiguration").string("name"),
        spec.integer("matchingPrecedence"),
        spec.tree("distinguisherMethod").string("type"),
        spec.trees("rules"));
  }

  /** What tells the flows of this schema apart. */
  String flow(UserInfo user, RequestInfo info) {
    return switch (distinguisher) {
      case "ByUser" -> user.name();
      case "ByNamespace" -> info.namespace();
      default -> "";
    };
  }

  boolean matches(UserInfo user, RequestInfo info) {
    return rules.stream().anyMatch(rule -> matches(rule, user, info));
  }

  private static boolean matches(Tree rule, UserInfo user, RequestInfo info) {
    if (rule.trees("subjects").stream().noneMatch(subject -> isSubject(subject, user))) {
      return false;
    }
    return info.resource()
        ? rule.trees("resourceRules").stream().anyMatch(resources -> matchesResource(resources, info))
        : rule.trees("nonResourceRules").stream().anyMatch(paths -> matchesPath(paths, info));
  }

  private static boolean isSubject(Tree subject, UserInfo user) {
    return switch (subject.string("kind")) {
      case "User" -> is(subject.tree("user").string("name"), user.name());
      case "Group" -> subject.tree("group").string("name").equals(ALL) || user.in(subject.tree("group").string("name"));
      case "ServiceAccount" -> {
        Tree account = subject.tree("serviceAccount");
        String prefix = SERVICE_ACCOUNT + account.string("namespace") + ":";
        yield user.name().startsWith(prefix) && is(account.string("name"), user.name().substring(prefix.length()));
      }
      default -> false;
    };
  }

  private static boolean is(String pattern, String value) {
    return pattern.equals(ALL) || pattern.equals(value);
  }

  private static boolean in(List<String> patterns, String value) {
    return patterns.contains(ALL) || patterns.contains(value);
  }

  private static boolean matchesResource(Tree rule, RequestInfo info) {
    String resource = info.subresource().isEmpty() ? info.resourceName() : info.resourceName() + "/" + info.subresource();
    boolean scope = info.namespace().isEmpty() ? rule.bool("clusterScope") : in(rule.strings("namespaces"), info.namespace());
    return scope && in(rule.strings("verbs"), info.verb()) && in(rule.strings("apiGroups"), info.group())
        && in(rule.strings("resources"), resource);
  }

  private static boolean matchesPath(Tree rule, RequestInfo info) {
    return in(rule.strings("verbs"), info.verb())
        && rule.strings("nonResourceURLs").stream().anyMatch(pattern -> isPath(pattern, info.path()));
  }

  /** A pattern is a path, a star, or a path and a star behind a slash. */
  private static boolean isPath(String pattern, String path) {
    return is(pattern, path) || pattern.endsWith("/*") && path.startsWith(pattern.substring(0, pattern.length() - 1));
  }
}
