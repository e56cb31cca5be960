package io.kubrig.apiserver.validation;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** What label selectors must look like. (Source: apimachinery/pkg/apis/meta/v1/validation.) */
public final class Selectors {
  private Selectors() {}

  /** A {@code LabelSelector}. */
  public static void check(Tree selector, FieldPath path, FieldErrors errors) {
    MetadataRules.labels(selector.stringMap("matchLabels"), path.child("matchLabels"), errors);
    List<Tree> expressions = selector.trees("matchExpressions");
    for (int i = 0; i < expressions.size(); i++) {
      requirement(expressions.get(i), path.child("matchExpressions").index(i), errors);
    }
  }

  private static void requirement(Tree requirement, FieldPath path, FieldErrors errors) {
    List<String> values = requirement.strings("values");
    String operator = requirement.string("operator");
    switch (operator) {
      case "In", "NotIn" -> {
        if (values.isEmpty()) {
          errors.required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!values.isEmpty()) {
          errors.forbidden(path.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      default -> errors.invalid(path.child("operator"), operator, "not a valid selector operator");
    }
    String key = requirement.string("key");
    Names.qualifiedName(key).forEach(text -> errors.invalid(path.child("key"), key, text));
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      FieldPath at = path.child("values").index(i);
      Names.labelValue(value).forEach(text -> errors.invalid(at, value, text));
    }
  }

  /** Whether a selector says nothing: no labels, no expressions. */
  public static boolean isEmpty(Tree selector) {
    return selector.tree("matchLabels").isEmpty() && selector.list("matchExpressions").isEmpty();
  }
}
