package io.kubrig.apiserver.kinds.admissionregistration;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;

/**
 * Says what is wrong with the CEL expressions of webhooks and policies: the seam to whatever compiles them. The rules of this package check
 * all but that.
 */
public interface Expressions {

  /** An expression of a match condition, which must be a boolean. */
  void matchCondition(String expression, FieldPath path, FieldErrors errors);

  /** All expressions of a ValidatingAdmissionPolicy or MutatingAdmissionPolicy, given its spec. */
  void policy(Tree spec, FieldPath path, FieldErrors errors);
}
