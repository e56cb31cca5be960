package io.kubrig.apiserver.kinds.resource;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.kubrig.apiserver.cel.CelEnvironment;
import io.kubrig.apiserver.cel.CelTypes;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import java.util.Map;

/** Compiles selectors of devices when they are written. (Source: k8s.io/dynamic-resource-allocation/cel.) */
public final class CompiledDeviceExpressions implements DeviceExpressions {

  @Override
  public void check(String expression, FieldPath path, FieldErrors errors) {
    try {
      CelType type = new CelEnvironment(new CelTypes.Types(), Map.of("device", SimpleType.DYN)).compile(expression).type();
      if (!type.equals(SimpleType.BOOL) && !type.equals(SimpleType.DYN)) {
        errors.invalid(path, expression, "must evaluate to bool or the unknown type, not " + type.name());
      }
    } catch (CelEnvironment.CompileException e) {
      errors.invalid(path, expression, "compilation failed: " + e.getMessage());
    }
  }
}
