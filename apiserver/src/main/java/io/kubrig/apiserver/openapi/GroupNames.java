package io.kubrig.apiserver.openapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How operations and tags spell a group: {@code rbac.authorization.k8s.io} becomes RbacAuthorization and rbacAuthorization. */
final class GroupNames {
  private GroupNames() {}

  /** With a capital. */
  static String upper(String group) {
    if (group.isEmpty()) {
      return "Core";
    }
    StringBuilder name = new StringBuilder();
    labels(group).forEach(label -> name.append(capital(label)));
    return name.toString();
  }

  /** Without a capital. */
  static String lower(String group) {
    String upper = upper(group);
    return upper.substring(0, 1).toLowerCase(Locale.ROOT) + upper.substring(1);
  }

  static String tag(String group, String version) {
    return lower(group) + "_" + version;
  }

  static String capital(String word) {
    return word.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static List<String> labels(String group) {
    String bare = group.endsWith(".k8s.io") ? group.substring(0, group.length() - ".k8s.io".length()) : group;
    List<String> labels = new ArrayList<>();
    for (String label : bare.split("[.-]")) {
      labels.add(label);
    }
    return labels;
  }
}
