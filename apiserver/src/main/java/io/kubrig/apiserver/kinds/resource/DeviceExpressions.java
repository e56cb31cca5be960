package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;

/** Says what is wrong with a CEL expression that selects devices: the seam to what compiles them. */
@FunctionalInterface
public interface DeviceExpressions {
  void check(String expression, FieldPath path, FieldErrors errors);
}
