package io.kubrig.machinery.patch;

import io.kubrig.machinery.json.GoText;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * Merges a list of a strategic merge patch into one of the object.
 *
 * @param mergeKey the member that tells elements apart, "" for lists of scalars
 * @param items the schema of the elements
 */
record ListMerge(String mergeKey, Schema items) {

  /** @param deletes whether the patch lists scalars to take out */
  List<Object> merged(List<?> original, List<?> patch, boolean deletes) {
    if (original.isEmpty() && patch.isEmpty()) {
      return new ArrayList<>(original);
    }
    boolean objects = elementsAreObjects(original, patch);
    if (!objects) {
      List<Object> result = new ArrayList<>(original);
      if (deletes) {
        result.removeAll(new HashSet<Object>(patch));
        return result;
      }
      result.addAll(patch);
      return ordered(result.stream().distinct().toList(), patch, original);
    }
    if (mergeKey.isEmpty()) {
      throw PatchException.internal("cannot merge lists without merge key for " + items.name()
          .substring(items.name().lastIndexOf('.') + 1));
    }
    List<Object> base = new ArrayList<>(original);
    List<Object> changes = new ArrayList<>();
    if (directives(base, patch, changes)) {
      base = changes;
      changes = List.of();
    }
    List<Object> before = List.copyOf(base);
    for (Object change : changes) {
      mergeElement(base, (Tree) change);
    }
    return ordered(base, changes, before);
  }

  /** Carries out the directives of elements, collects the other elements, and answers whether the list is to be replaced. */
  private boolean directives(List<Object> base, List<?> patch, List<Object> changes) {
    boolean replace = false;
    for (Object element : patch) {
      Tree change = (Tree) element;
      if (!change.has(StrategicMergePatch.DIRECTIVE)) {
        changes.add(change);
        continue;
      }
      switch (change.string(StrategicMergePatch.DIRECTIVE)) {
        case "delete" -> {
          Object key = key(change);
          base.removeIf(candidate -> candidate instanceof Tree tree && tree.has(mergeKey) && Objects.equals(key, tree.get(mergeKey)));
        }
        case "replace" -> replace = true;
        case "merge" -> throw PatchException.internal("merging lists cannot yet be specified in the patch");
        default -> throw StrategicMergePatch.badDirective(change.get(StrategicMergePatch.DIRECTIVE), change);
      }
    }
    return replace;
  }

  private void mergeElement(List<Object> base, Tree change) {
    Object key = key(change);
    for (int i = 0; i < base.size(); i++) {
      if (base.get(i) instanceof Tree candidate && Objects.equals(key, candidate.get(mergeKey))) {
        base.set(i, StrategicMergePatch.merged(candidate, change, items));
        return;
      }
    }
    base.add(change);
  }

  private Object key(Tree element) {
    if (!element.has(mergeKey)) {
      throw PatchException.internal("map: " + GoText.plain(element) + " does not contain declared merge key: " + mergeKey);
    }
    return element.get(mergeKey);
  }

  private static boolean elementsAreObjects(List<?> original, List<?> patch) {
    Class<?> type = null;
    for (List<?> list : List.of(original, patch)) {
      for (Object element : list) {
        if (element instanceof List<?>) {
          throw PatchException.unprocessable("lists of lists are not supported");
        }
        Class<?> current = element == null ? Void.class : element.getClass();
        if (type != null && type != current) {
          throw PatchException.internal("list element types are not identical: [" + GoText.plain(original) + " " + GoText.plain(patch)
              + "]");
        }
        type = current;
      }
    }
    return type == Tree.class;
  }

  // ---- order ---------------------------------------------------------------------------------------------------------

  /** Elements of the patch in its order; between them the others, as far to the front as the order of the object lets them. */
  List<Object> ordered(List<?> merged, List<?> patchOrder, List<?> originalOrder) {
    List<Object> ofPatch = new ArrayList<>();
    List<Object> others = new ArrayList<>();
    for (Object element : merged) {
      (index(patchOrder, element) >= 0 ? ofPatch : others).add(element);
    }
    ofPatch.sort(Comparator.comparingInt(element -> index(patchOrder, element)));
    others.sort(Comparator.comparingInt(element -> index(originalOrder, element) < 0 ? Integer.MAX_VALUE : index(originalOrder, element)));
    List<Object> result = new ArrayList<>(merged.size());
    int i = 0;
    int j = 0;
    while (i < others.size() || j < ofPatch.size()) {
      if (i < others.size() && (j == ofPatch.size() || isBefore(others.get(i), ofPatch.get(j), originalOrder))) {
        result.add(others.get(i++));
      } else {
        result.add(ofPatch.get(j++));
      }
    }
    return result;
  }

  private boolean isBefore(Object left, Object right, List<?> order) {
    int l = index(order, left);
    int r = index(order, right);
    return l >= 0 && r >= 0 && l < r;
  }

  private int index(List<?> list, Object element) {
    if (mergeKey.isEmpty() || !(element instanceof Tree tree)) {
      return list.indexOf(element);
    }
    Object key = key(tree);
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) instanceof Tree candidate && Objects.equals(key, candidate.get(mergeKey))) {
        return i;
      }
    }
    return -1;
  }

  /** Whether the elements of a stated order can be told apart. */
  void checkKeys(List<?> order) {
    for (int i = 0; i < order.size() && !mergeKey.isEmpty(); i++) {
      if (!(order.get(i) instanceof Tree element)) {
        throw PatchException.internal("value for key " + i + " is not a map");
      }
      key(element);
    }
  }

  /** Whether the patch's elements come in the stated order and all occur in it. */
  void checkOrder(List<?> patch, List<?> order) {
    if (patch.isEmpty() || order.isEmpty()) {
      return;
    }
    List<?> elements = patch.stream().filter(element -> !StrategicMergePatch.isDirected(element)).toList();
    int p = 0;
    for (int o = 0; o < order.size() && p < elements.size(); o++) {
      if (sameKey(elements.get(p), order.get(o))) {
        p++;
      }
    }
    if (p < elements.size()) {
      throw PatchException.internal(
          "The order in patch list:\n" + GoText.plain(patch) + "\n doesn't match $setElementOrder list:\n" + GoText.plain(order) + "\n");
    }
  }

  private boolean sameKey(Object left, Object right) {
    if (mergeKey.isEmpty()) {
      return Objects.equals(left, right);
    }
    if (!(left instanceof Tree a) || !(right instanceof Tree b)) {
      throw PatchException.internal("expected a map[string]interface {}, but received another type");
    }
    return Objects.equals(key(a), key(b));
  }
}
