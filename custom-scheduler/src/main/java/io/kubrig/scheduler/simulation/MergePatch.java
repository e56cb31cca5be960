package io.kubrig.scheduler.simulation;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON merge patch. Source: RFC 7396. */
final class MergePatch {
  private MergePatch() {}

  static <T> T apply(KubernetesSerialization json, Class<T> kind, T object, Map<String, Object> patch) {
    Map<?, ?> tree = json.convertValue(object, Map.class);
    return json.convertValue(merge(tree, patch), kind);
  }

  private static Map<String, Object> merge(Map<?, ?> target, Map<?, ?> patch) {
    Map<String, Object> out = new LinkedHashMap<>();
    target.forEach((k, v) -> out.put((String) k, v));
    patch.forEach((k, v) -> {
      if (v == null) {
        out.remove(k);
      } else if (v instanceof Map<?, ?> sub) {
        out.put((String) k, merge(out.get(k) instanceof Map<?, ?> old ? old : Map.of(), sub));
      } else {
        out.put((String) k, v);
      }
    });
    return out;
  }
}
