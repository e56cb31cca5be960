package io.kubrig.apiserver.admission.policy;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.ListType;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Puts an apply configuration over an object: maps are merged by member, lists as their type says, all else is replaced. */
final class Overlay {
  private Overlay() {}

  /** @param schema null where nothing is known; the base may be changed and answered */
  static Tree merge(Tree base, Tree overlay, Schema schema) {
    overlay.forEach((name, value) -> base.set(name, merged(base.get(name), value, member(schema, name))));
    return base;
  }

  private static Schema member(Schema schema, String name) {
    if (schema == null) {
      return null;
    }
    Schema.Field field = schema.fields().get(name);
    return field != null ? field.schema() : schema.type() == Type.MAP ? schema.items() : null;
  }

  private static Object merged(Object base, Object overlay, Schema schema) {
    if (base instanceof Tree old && overlay instanceof Tree changed && (schema == null || !schema.atomicMap())) {
      return merge(old, changed, schema);
    }
    if (base instanceof List<?> old && overlay instanceof List<?> changed && schema != null && schema.listType() != ListType.ATOMIC) {
      return list(new ArrayList<>(old), changed, schema);
    }
    return overlay;
  }

  private static List<Object> list(List<Object> base, List<?> overlay, Schema schema) {
    for (Object element : overlay) {
      int at = position(base, element, schema);
      if (at < 0) {
        base.add(element);
      } else if (schema.listType() == ListType.MAP) {
        base.set(at, merged(base.get(at), element, schema.items()));
      }
    }
    return base;
  }

  private static int position(List<Object> base, Object element, Schema schema) {
    for (int i = 0; i < base.size(); i++) {
      boolean same =
          schema.listType() == ListType.MAP && base.get(i) instanceof Tree old && element instanceof Tree changed
              ? schema.listMapKeys().stream().allMatch(key -> Objects.equals(old.get(key), changed.get(key)))
              : Objects.equals(base.get(i), element);
      if (same) {
        return i;
      }
    }
    return -1;
  }
}
