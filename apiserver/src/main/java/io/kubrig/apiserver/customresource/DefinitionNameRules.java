package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Locale;

/** What the names of a definition must look like, those that are asked for and those that it got. */
final class DefinitionNameRules {
  private DefinitionNameRules() {}

  static void check(Tree names, FieldPath path, FieldErrors errors) {
    for (String name : List.of("plural", "singular")) {
      label(names.string(name), path.child(name), errors);
    }
    for (String name : List.of("kind", "listKind")) {
      String value = names.string(name);
      List<String> wrong = value.isEmpty() ? List.of() : Names.dns1035Label(value.toLowerCase(Locale.ROOT));
      if (!wrong.isEmpty()) {
        errors.invalid(path.child(name), value, "may have mixed case, but should otherwise match: " + String.join(",", wrong));
      }
    }
    String kind = names.string("kind");
    if (!kind.isEmpty() && kind.equals(names.string("listKind"))) {
      errors.invalid(path.child("listKind"), kind, "kind and listKind may not be the same");
    }
    for (String list : List.of("shortNames", "categories")) {
      List<String> values = names.strings(list);
      for (int i = 0; i < values.size(); i++) {
        List<String> wrong = Names.dns1035Label(values.get(i));
        if (!wrong.isEmpty()) {
          errors.invalid(path.child(list).index(i), values.get(i), String.join(",", wrong));
        }
      }
    }
  }

  private static void label(String value, FieldPath path, FieldErrors errors) {
    List<String> wrong = value.isEmpty() ? List.of() : Names.dns1035Label(value);
    if (!wrong.isEmpty()) {
      errors.invalid(path, value, String.join(",", wrong));
    }
  }
}
