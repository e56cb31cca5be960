package io.kubrig.apiserver.kinds.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How volumes may be mounted, as tables show it. */
final class AccessModes {
  private static final String ALONE = "ReadWriteOncePod";

  private static final Map<String, String> SHORT =
      Map.of("ReadWriteOnce", "RWO", "ReadOnlyMany", "ROX", "ReadWriteMany", "RWX", ALONE, "RWOP");

  private AccessModes() {}

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
