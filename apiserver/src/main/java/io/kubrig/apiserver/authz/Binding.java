package io.kubrig.apiserver.authz;

import io.kubrig.machinery.tree.Tree;
import java.util.List;

/**
 * A role binding or, without a namespace, a cluster role binding.
 *
 * @param roleKind Role or ClusterRole
 */
record Binding(String namespace, String name, String roleKind, String roleName, List<Subject> subjects) {

  /**
   * To whom.
   *
   * @param kind User, Group or ServiceAccount
   * @param namespace of a service account
   */
  record Subject(String kind, String namespace, String name) {

    /** What a user's name or group is looked up by. */
    String key() {
      return switch (kind) {
        case "User" -> userKey(name);
        case "Group" -> groupKey(name);
        case "ServiceAccount" -> namespace.isEmpty() ? "" : userKey("system:serviceaccount:" + namespace + ":" + name);
        default -> "";
      };
    }

    String describe() {
      return kind.equals("ServiceAccount") ? kind + " \"" + name + "/" + namespace + "\"" : kind + " \"" + name + "\"";
    }
  }

  static String userKey(String name) {
    return "u" + name;
  }

  static String groupKey(String name) {
    return "g" + name;
  }

  static Binding of(Tree tree) {
    String namespace = tree.tree("metadata").string("namespace");
    Tree role = tree.tree("roleRef");
    List<Subject> subjects =
        tree.trees("subjects").stream()
            .map(s -> new Subject(s.string("kind"), s.string("namespace").isEmpty() ? namespace : s.string("namespace"), s.string("name")))
            .toList();
    return new Binding(namespace, tree.tree("metadata").string("name"), role.string("kind"), role.string("name"), subjects);
  }

  String describe(Subject subject) {
    String self = namespace.isEmpty() ? "ClusterRoleBinding \"" + name + "\"" : "RoleBinding \"" + name + "/" + namespace + "\"";
    return self + " of " + roleKind + " \"" + roleName + "\" to " + subject.describe();
  }
}
