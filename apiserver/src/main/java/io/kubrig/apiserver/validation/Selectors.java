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
      requirement(expressions.get(i), false, path.child("matchExpressions").index(i), errors);
    }
  }

  /** @param anyOperator whether operators that are not known are let pass */
  public static void requirement(Tree requirement, boolean anyOperator, FieldPath path, FieldErrors errors) {
    operator(requirement, anyOperator, path, errors);
    String key = requirement.string("key");
    Names.qualifiedName(key).forEach(text -> errors.invalid(path.child("key"), key, text));
    List<String> values = requirement.strings("values");
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      FieldPath at = path.child("values").index(i);
      Names.labelValue(value).forEach(text -> errors.invalid(at, value, text));
    }
  }

  /** The operator of a requirement, and whether there are values for it. */
  public static void operator(Tree requirement, boolean anyOperator, FieldPath path, FieldErrors errors) {
    boolean values = !requirement.strings("values").isEmpty();
    switch (requirement.string("operator")) {
      case "In", "NotIn" -> {
        if (!values) {
          errors.required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (values) {
          errors.forbidden(path.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      default -> {
        if (!anyOperator) {
          errors.invalid(path.child("operator"), requirement.string("operator"), "not a valid selector operator");
        }
      }
    }
  }

  /** Whether a selector says nothing: no labels, no expressions. */
  public static boolean isEmpty(Tree selector) {
    return selector.tree("matchLabels").isEmpty() && selector.list("matchExpressions").isEmpty();
  }
}
