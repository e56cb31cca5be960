package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;

/** The validation rules of a schema compile and keep within the cost limits. */
final class RuleChecks {
  private RuleChecks() {}

  static void check(Tree schema, FieldPath path, boolean unchanged, FieldErrors errors) {}
}
