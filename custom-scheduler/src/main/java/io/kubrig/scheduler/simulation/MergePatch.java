package io.kubrig.scheduler.simulation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON merge patch. Source: RFC 7396. */
final class MergePatch {
  private MergePatch() {}

  /** The next version of an object: only the fields that the patch names go through a tree. */
  static <T extends HasMetadata> T apply(KubernetesSerialization json, Class<T> kind, T object, Map<String, Object> patch) {
    T out = Shallow.copy(object);
    out.setMetadata(Shallow.copy(object.getMetadata()));
    patch.forEach((field, value) -> Shallow.take(field, json.convertValue(tree(json, field, object, value), kind), out));
    return out;
  }

  /** A tree with what one field is to be; empty when it is to be away. */
  private static Map<String, Object> tree(KubernetesSerialization json, String field, Object object, Object value) {
    if (!(value instanceof Map<?, ?> sub)) {
      return value == null ? Map.of() : Map.of(field, value);
    }
    Object old = Shallow.field(field, object);
    return Map.of(field, merge(old == null ? Map.of() : json.convertValue(old, Map.class), sub));
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
