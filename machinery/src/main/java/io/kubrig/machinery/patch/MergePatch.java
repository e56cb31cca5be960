package io.kubrig.machinery.patch;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** JSON merge patch. Source: RFC 7396; nulls inside new lists are dropped, as native does. */
public final class MergePatch {
  private MergePatch() {}

  /** Applies a patch. The document is changed in place and takes parts of the patch. */
  public static void apply(Tree document, Tree patch) {
    boolean removes = false;
    for (int i = 0; i < patch.size(); i++) {
      String name = patch.nameAt(i);
      Object value = patch.valueAt(i);
      if (value == null) {
        removes = true;
      } else if (document.get(name) instanceof Tree target && value instanceof Tree change) {
        Tree open = target.opened();
        document.set(name, open);
        apply(open, change);
      } else {
        document.set(name, document.get(name) instanceof Tree ? value : withoutNulls(value));
      }
    }
    if (removes) {
      document.removeIf((name, value) -> patch.has(name) && patch.get(name) == null);
    }
  }

  private static Object withoutNulls(Object value) {
    return switch (value) {
      case Tree tree -> {
        Tree kept = new Tree();
        tree.forEach(
            (name, member) -> {
              if (member != null) {
                kept.set(name, withoutNulls(member));
              }
            });
        yield kept;
      }
      case List<?> list -> {
        List<Object> kept = new ArrayList<>(list.size());
        for (Object element : list) {
          if (element != null) {
            kept.add(withoutNulls(element));
          }
        }
        yield kept;
      }
      case null, default -> value;
    };
  }
}
