package io.kubrig.apiserver.admission.quota;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A demand of a quota on the objects that it is for.
 *
 * @param name Terminating, BestEffort, PriorityClass, …
 * @param operator Exists, DoesNotExist, In or NotIn
 */
record Scope(String name, String operator, List<String> values) {

  /** Of a quota, those in its plain list and those in its selector. */
  static List<Scope> of(Tree quota) {
    List<Scope> scopes = new ArrayList<>();
    Tree spec = quota.tree("spec");
    spec.strings("scopes").forEach(name -> scopes.add(new Scope(name, "Exists", List.of())));
    for (Tree demand : spec.tree("scopeSelector").trees("matchExpressions")) {
      scopes.add(new Scope(demand.string("scopeName"), demand.string("operator"), demand.strings("values")));
    }
    return scopes;
  }

  /** Whether the names that an object carries for this scope, maybe none, meet the demand. */
  boolean matchesAny(Collection<String> names) {
    return switch (operator) {
      case "Exists" -> !names.isEmpty();
      case "DoesNotExist" -> names.isEmpty();
      case "In" -> names.stream().anyMatch(values::contains);
      case "NotIn" -> names.isEmpty() || names.stream().anyMatch(name -> !values.contains(name));
      default -> false;
    };
  }

  /** As Go prints the struct. */
  String text() {
    return "{" + name + " " + operator + " [" + String.join(" ", values) + "]}";
  }
}
