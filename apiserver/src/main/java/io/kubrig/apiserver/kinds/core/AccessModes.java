package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How volumes may be mounted: what volumes and claims share. */
final class AccessModes {
  private static final String ALONE = "ReadWriteOncePod";

  private static final Map<String, String> SHORT =
      Map.of("ReadWriteOnce", "RWO", "ReadOnlyMany", "ROX", "ReadWriteMany", "RWX", ALONE, "RWOP");

  private AccessModes() {}

  static void check(List<String> modes, FieldPath path, String missing, FieldErrors errors) {
    if (modes.isEmpty()) {
      errors.required(path, missing);
    }
    for (int i = 0; i < modes.size(); i++) {
      if (!SHORT.containsKey(modes.get(i))) {
        errors.notSupported(path, modes.get(i), List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", ALONE));
      }
    }
    if (modes.contains(ALONE) && modes.size() > 1) {
      errors.forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }
  }

  /** RWO,ROX,RWX,RWOP, in this order. */
  static String shown(List<String> modes) {
    List<String> shown = new ArrayList<>();
    for (String mode : List.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", ALONE)) {
      if (modes.contains(mode)) {
        shown.add(SHORT.get(mode));
      }
    }
    return String.join(",", shown);
  }
}
