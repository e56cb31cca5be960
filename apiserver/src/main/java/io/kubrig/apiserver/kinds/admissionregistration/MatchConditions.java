package io.kubrig.apiserver.kinds.admissionregistration;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Match conditions of webhooks and policies. */
final class MatchConditions {
  private static final int MOST = 64;

  private MatchConditions() {}

  /** @param expressions null where the expressions are checked with the rest of a policy */
  static void check(List<Tree> conditions, FieldPath path, Expressions expressions, FieldErrors errors) {
    if (conditions.size() > MOST) {
      errors.tooMany(path, conditions.size(), MOST);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      FieldPath at = path.index(i);
      String name = conditions.get(i).string("name");
      String expression = conditions.get(i).string("expression");
      if (expression.strip().isEmpty()) {
        errors.required(at.child("expression"), "");
      } else if (expressions != null) {
        expressions.matchCondition(expression.strip(), at.child("expression"), errors);
      }
      if (name.isEmpty()) {
        errors.required(at.child("name"), "");
      } else {
        Names.qualifiedName(name).forEach(text -> errors.invalid(at.child("name"), name, text));
        if (!names.add(name)) {
          errors.duplicate(at.child("name"), name);
        }
      }
    }
  }
}
