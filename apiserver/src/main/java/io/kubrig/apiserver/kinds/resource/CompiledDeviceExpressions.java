package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.cel.DeviceSelector;

/** Compiles selectors of devices when they are written. (Source: k8s.io/dynamic-resource-allocation/cel.) */
public final class CompiledDeviceExpressions implements DeviceExpressions {

  @Override
  public void check(String expression, FieldPath path, FieldErrors errors) {
    try {
      DeviceSelector.compile(expression);
    } catch (DeviceSelector.InvalidSelectorException e) {
      errors.invalid(path, expression, e.getMessage());
    }
  }
}
