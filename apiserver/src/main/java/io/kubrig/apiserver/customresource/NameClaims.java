package io.kubrig.apiserver.customresource;

import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Which of the names that a definition asks for it gets: those that no other definition of its group has. (Source:
 * controller/status/naming_controller.go.)
 *
 * @param accepted the names it gets
 * @param reason of condition NamesAccepted: NoConflicts, or which name is taken
 */
record NameClaims(Tree accepted, String reason, String message) {

  static NameClaims of(Tree crd, List<Tree> all) {
    Set<String> resources = new HashSet<>();
    Set<String> kinds = new HashSet<>();
    String group = crd.tree("spec").string("group");
    for (Tree other : all) {
      if (other.tree("spec").string("group").equals(group)) {
        Tree names = other.at("status", "acceptedNames");
        resources.add(names.string("plural"));
        resources.add(names.string("singular"));
        resources.addAll(names.strings("shortNames"));
        kinds.add(names.string("kind"));
        kinds.add(names.string("listKind"));
      }
    }
    Claim claim = new Claim(crd.at("spec", "names"), crd.at("status", "acceptedNames").copy());
    claim.name("plural", "PluralConflict", resources);
    claim.name("singular", "SingularConflict", resources);
    claim.shortNames(resources);
    claim.name("kind", "KindConflict", kinds);
    claim.name("listKind", "ListKindConflict", kinds);
    claim.categories();
    return new NameClaims(claim.accepted, claim.reason, claim.message);
  }

  private static final class Claim {
    private final Tree wanted;
    private final Tree before;
    private final Tree accepted;
    private String reason = "NoConflicts";
    private String message = "no conflicts found";

    Claim(Tree wanted, Tree accepted) {
      this.wanted = wanted;
      this.before = accepted.copy();
      this.accepted = accepted;
    }

    private void name(String name, String conflict, Set<String> taken) {
      String value = wanted.string(name);
      if (!value.equals(before.string(name)) && taken.contains(value)) {
        reason = conflict;
        message = inUse(value);
      } else if (value.isEmpty()) {
        accepted.remove(name);
      } else {
        accepted.set(name, value);
      }
    }

    private static String inUse(String name) {
      return "\"" + name + "\" is already in use";
    }

    private void shortNames(Set<String> taken) {
      List<String> own = before.strings("shortNames");
      Set<String> conflicts = new LinkedHashSet<>();
      for (String name : wanted.strings("shortNames")) {
        if (!own.contains(name) && taken.contains(name)) {
          conflicts.add(inUse(name));
        }
      }
      if (conflicts.isEmpty()) {
        list("shortNames");
      } else {
        reason = "ShortNamesConflict";
        message = conflicts.size() == 1 ? conflicts.iterator().next() : "[" + String.join(", ", conflicts) + "]";
      }
    }

    private void categories() {
      list("categories");
    }

    private void list(String name) {
      List<Object> values = new ArrayList<>(wanted.list(name));
      if (values.isEmpty()) {
        accepted.remove(name);
      } else {
        accepted.set(name, values);
      }
    }
  }

  private boolean isAccepted() {
    return reason.equals("NoConflicts");
  }

  /** Whether the definition's status says something else. */
  boolean changes(Tree crd) {
    Tree before = crd.at("status", "acceptedNames");
    if (same(before, crd.at("spec", "names")) && Definition.condition(crd, "NamesAccepted").isPresent()) {
      return false;
    }
    Tree condition = Definition.condition(crd, "NamesAccepted").orElse(Tree.empty());
    boolean equivalent =
        condition.string("status").equals(isAccepted() ? "True" : "False")
            && condition.string("reason").equals(reason)
            && condition.string("message").equals(message);
    return !same(before, accepted) || !equivalent;
  }

  private static boolean same(Tree one, Tree other) {
    return List.of("plural", "singular", "kind", "listKind", "shortNames", "categories").stream()
        .allMatch(name -> Objects.equals(one.get(name), other.get(name)));
  }

  void apply(Tree crd, Instant now) {
    Tree names = new Tree();
    for (String name : List.of("plural", "singular", "shortNames", "kind", "listKind", "categories")) {
      if (accepted.get(name) != null) {
        names.set(name, Tree.copyOf(accepted.get(name)));
      } else if (name.equals("plural") || name.equals("kind")) {
        names.set(name, "");
      }
    }
    crd.need("status").set("acceptedNames", names);
    DefinitionKind.setCondition(crd, "NamesAccepted", isAccepted() ? "True" : "False", reason, message, now);
    if (!Definition.isTrue(crd, "Established")) {
      if (isAccepted()) {
        DefinitionKind.setCondition(crd, "Established", "False", "Installing", "the initial names have been accepted", now);
      } else if (Definition.condition(crd, "Established").isEmpty()) {
        DefinitionKind.setCondition(crd, "Established", "False", "NotAccepted", "not all names are accepted", now);
      }
    }
  }
}
