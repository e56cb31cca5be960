package io.kubrig.machinery.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Types of the variables that admission policies have whatever they admit. (Source: apiserver/pkg/admission/plugin/cel.) */
public final class AdmissionTypes {
  private AdmissionTypes() {}

  /** The variable {@code request}. */
  public static CelType request(CelTypes.Types types) {
    CelType string = SimpleType.STRING;
    CelType kind = types.struct("kubernetes.GroupVersionKind", Map.of("group", string, "version", string, "kind", string));
    CelType resource = types.struct("kubernetes.GroupVersionResource", Map.of("group", string, "version", string, "resource", string));
    CelType user =
        types.struct(
            "kubernetes.UserInfo",
            Map.of("username", string, "uid", string, "groups", ListType.create(string), "extra",
                MapType.create(string, ListType.create(string))));
    Map<String, CelType> fields = new LinkedHashMap<>();
    for (String name : List.of("kind", "requestKind")) {
      fields.put(name, kind);
    }
    for (String name : List.of("resource", "requestResource")) {
      fields.put(name, resource);
    }
    for (String name : List.of("subResource", "requestSubResource", "name", "namespace", "operation")) {
      fields.put(name, string);
    }
    fields.put("userInfo", user);
    fields.put("dryRun", SimpleType.BOOL);
    fields.put("options", SimpleType.DYN);
    return types.struct("kubernetes.AdmissionRequest", fields);
  }
}
