package io.kubrig.machinery.patch;

import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** JSON merge patch. Source: RFC 7396; nulls inside new lists are dropped, as native does. */
public final class MergePatch {
  private MergePatch() {}

  /** Applies a patch. The document is changed in place and takes parts of the patch. */
  public static void apply(Tree document, Tree patch) {
    for (int i = 0; i < patch.size(); i++) {
      String name = patch.nameAt(i);
      Object value = patch.valueAt(i);
      if (value == null) {
        document.remove(name);
      } else if (document.get(name) instanceof Tree target && value instanceof Tree change) {
        apply(target, change);
      } else {
        document.set(name, document.get(name) instanceof Tree ? value : withoutNulls(value));
      }
    }
  }

  private static Object withoutNulls(Object value) {
    if (value instanceof Tree tree) {
      for (int i = tree.size() - 1; i >= 0; i--) {
        if (tree.valueAt(i) == null) {
          tree.remove(tree.nameAt(i));
        } else {
          withoutNulls(tree.valueAt(i));
        }
      }
    } else if (value instanceof List<?> list) {
      list.removeIf(element -> element == null);
      list.forEach(MergePatch::withoutNulls);
    }
    return value;
  }
}
