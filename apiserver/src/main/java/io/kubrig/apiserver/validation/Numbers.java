package io.kubrig.apiserver.validation;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;

/** What numbers must be, in native's words. Absent members are not looked at. */
public final class Numbers {
  private Numbers() {}

  public static void nonNegative(Tree holder, String member, FieldPath path, FieldErrors errors) {
    if (holder.get(member) instanceof Long number && number < 0) {
      errors.invalid(path.child(member), number, "must be greater than or equal to 0");
    }
  }

  public static void positive(Tree holder, String member, FieldPath path, FieldErrors errors) {
    if (holder.get(member) instanceof Long number && number <= 0) {
      errors.invalid(path.child(member), number, "must be greater than 0");
    }
  }
}
