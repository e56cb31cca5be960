package io.kubrig.apiserver.authz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.machinery.tree.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The default roles and bindings of 1.36, read from {@code bootstrap-policy.txt} beside this class, and how they are reconciled with what
 * is stored: rules and subjects are added, never taken away, unless the stored object says it is not to be updated. (Source:
 * bootstrappolicy and registry/rbac/reconciliation of native.)
 */
public final class BootstrapPolicy {
  private static final String AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";
  private static final String API_VERSION = Rbac.GROUP + "/v1";

  private BootstrapPolicy() {}

  /** The default objects, each with its kind and apiVersion (rbac.authorization.k8s.io/v1). */
  public record Defaults(List<Tree> clusterRoles, List<Tree> clusterRoleBindings, List<Tree> roles, List<Tree> roleBindings) {}

  public static Defaults load() {
    Defaults defaults = new Defaults(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (InputStream in = Objects.requireNonNull(BootstrapPolicy.class.getResourceAsStream("bootstrap-policy.txt"));
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      Tree role = null;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.strip().split(" +");
        if (line.startsWith("clusterrole ")) {
          role = object("ClusterRole", "", words[1]).set("rules", new ArrayList<>());
          defaults.clusterRoles.add(role);
        } else if (line.startsWith("role ")) {
          role = object("Role", words[1], words[2]).set("rules", new ArrayList<>());
          defaults.roles.add(role);
        } else if (line.startsWith("  ")) {
          take(line.strip(), role, defaults);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return defaults;
  }

  /** The rules of one default cluster role. */
  static List<PolicyRule> rulesOf(String clusterRole) {
    return load().clusterRoles.stream()
        .filter(role -> role.tree("metadata").string("name").equals(clusterRole))
        .flatMap(role -> PolicyRule.listOf(role).stream())
        .toList();
  }

  private static void take(String line, Tree role, Defaults defaults) {
    String[] words = line.split(" +");
    switch (words[0]) {
      case "aggregates" ->
          role.set("aggregationRule", Tree.of("clusterRoleSelectors", list(Tree.of("matchLabels", Tree.of(label(words[1]), "true")))));
      case "aggregated-to" -> role.need("metadata").need("labels").set(label(words[1]), "true");
      case "bound" -> bind(role, words, defaults);
      default -> role.needList("rules").add(rule(line));
    }
    if (role.has("aggregationRule")) {
      role.set("rules", null);
    }
  }

  private static String label(String role) {
    return "rbac.authorization.k8s.io/aggregate-to-" + role;
  }

  /** {@code bound to SUBJECT… [as NAME]}. */
  private static void bind(Tree role, String[] words, Defaults defaults) {
    String name = role.tree("metadata").string("name");
    String namespace = role.tree("metadata").string("namespace");
    List<Object> subjects = new ArrayList<>();
    for (int i = 2; i < words.length; i++) {
      if (words[i].equals("as")) {
        name = words[i + 1];
        break;
      }
      if (!words[i].equals("nobody")) {
        subjects.add(subject(words[i]));
      }
    }
    boolean cluster = namespace.isEmpty();
    Tree binding = object(cluster ? "ClusterRoleBinding" : "RoleBinding", namespace, name);
    if (!subjects.isEmpty()) {
      binding.set("subjects", subjects);
    }
    binding.set("roleRef", Tree.of("apiGroup", Rbac.GROUP, "kind", role.string("kind"), "name", role.tree("metadata").string("name")));
    (cluster ? defaults.clusterRoleBindings : defaults.roleBindings).add(binding);
  }

  private static Tree subject(String text) {
    int colon = text.indexOf(':');
    String kind = text.substring(0, colon);
    String name = text.substring(colon + 1);
    if (!kind.equals("ServiceAccount")) {
      return Tree.of("kind", kind, "apiGroup", Rbac.GROUP, "name", name);
    }
    int split = name.indexOf(':');
    return Tree.of("kind", kind, "name", name.substring(split + 1), "namespace", name.substring(0, split));
  }

  private static Tree rule(String line) {
    String[] columns = line.split(" \\| ");
    List<Object> verbs = list((Object[]) columns[0].split(","));
    if (columns.length == 2) {
      return Tree.of("verbs", verbs, "nonResourceURLs", list((Object[]) columns[1].split(" ")));
    }
    List<Object> groups = new ArrayList<>();
    for (String group : columns[1].split(" ")) {
      groups.add(group.equals("core") ? "" : group);
    }
    Tree rule = Tree.of("verbs", verbs, "apiGroups", groups, "resources", list((Object[]) columns[2].split(" ")));
    if (columns.length > 3) {
      rule.set("resourceNames", list((Object[]) columns[3].split(" ")));
    }
    return rule;
  }

  private static List<Object> list(Object... values) {
    return new ArrayList<>(Arrays.asList(values));
  }

  private static Tree object(String kind, String namespace, String name) {
    Tree metadata = Tree.of("name", name);
    if (!namespace.isEmpty()) {
      metadata.set("namespace", namespace);
    }
    metadata.set("labels", Tree.of("kubernetes.io/bootstrapping", "rbac-defaults"));
    metadata.set("annotations", Tree.of(AUTOUPDATE, "true"));
    return Tree.of("kind", kind, "apiVersion", API_VERSION, "metadata", metadata);
  }

  /**
   * What a stored default object is to become.
   *
   * @return the object to store, empty when it is right as it is or is not to be updated; a binding whose roleRef differs must be deleted
   *     and created anew: the answer then has no resourceVersion
   */
  public static Optional<Tree> reconcile(Tree stored, Tree wanted) {
    if (stored.at("metadata", "annotations").string(AUTOUPDATE).equals("false")) {
      return Optional.empty();
    }
    if (!stored.tree("roleRef").equals(wanted.tree("roleRef"))) {
      return Optional.of(wanted.copy());
    }
    Tree result = stored.copy();
    mergeMissing(result, wanted, "labels");
    mergeMissing(result, wanted, "annotations");
    if (wanted.has("aggregationRule")) {
      addMissing(result.need("aggregationRule").needList("clusterRoleSelectors"),
          wanted.tree("aggregationRule").list("clusterRoleSelectors"));
    } else if (wanted.has("rules")) {
      addMissingRules(result, wanted);
    }
    if (!wanted.list("subjects").isEmpty()) {
      addMissing(result.needList("subjects"), wanted.list("subjects"));
    }
    return result.equals(stored) ? Optional.empty() : Optional.of(result);
  }

  private static void mergeMissing(Tree result, Tree wanted, String member) {
    Tree from = wanted.tree("metadata").tree(member);
    if (!from.isEmpty()) {
      Tree into = result.need("metadata").need(member);
      from.forEach(into::fill);
    }
  }

  private static void addMissing(List<Object> into, List<Object> wanted) {
    for (Object value : wanted) {
      if (!into.contains(value)) {
        into.add(Tree.copyOf(value));
      }
    }
  }

  private static void addMissingRules(Tree result, Tree wanted) {
    List<PolicyRule> owned = PolicyRule.listOf(result);
    for (Tree rule : wanted.trees("rules")) {
      boolean covered = PolicyRule.of(rule).parts().stream().allMatch(part -> owned.stream().anyMatch(own -> own.covers(part)));
      if (!covered) {
        result.needList("rules").add(rule.copy());
      }
    }
  }
}
