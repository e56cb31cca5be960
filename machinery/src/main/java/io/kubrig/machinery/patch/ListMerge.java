package io.kubrig.machinery.patch;

import io.kubrig.machinery.json.GoText;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

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
    List<Object> before = new ArrayList<>(base);
    mergeElements(base, changes);
    return ordered(base, changes, before);
  }

  /** Carries out the directives of elements, collects the other elements, and answers whether the list is to be replaced. */
  private boolean directives(List<Object> base, List<?> patch, List<Object> changes) {
    boolean replace = false;
    Set<Object> deleted = new HashSet<>();
    for (Object element : patch) {
      Tree change = (Tree) element;
      if (!change.has(StrategicMergePatch.DIRECTIVE)) {
        changes.add(change);
        continue;
      }
      switch (change.string(StrategicMergePatch.DIRECTIVE)) {
        case "delete" -> deleted.add(key(change));
        case "replace" -> replace = true;
        case "merge" -> throw PatchException.internal("merging lists cannot yet be specified in the patch");
        default -> throw StrategicMergePatch.badDirective(change.get(StrategicMergePatch.DIRECTIVE), change);
      }
    }
    if (!deleted.isEmpty()) {
      base.removeIf(candidate -> candidate instanceof Tree tree && tree.has(mergeKey) && deleted.contains(tree.get(mergeKey)));
    }
    return replace;
  }

  private void mergeElements(List<Object> base, List<Object> changes) {
    Map<Object, Integer> places = new HashMap<>();
    for (int i = 0; i < base.size(); i++) {
      if (base.get(i) instanceof Tree candidate) {
        places.putIfAbsent(candidate.get(mergeKey), i);
      }
    }
    for (Object element : changes) {
      Tree change = (Tree) element;
      Integer place = places.putIfAbsent(key(change), base.size());
      if (place == null) {
        base.add(change);
      } else {
        base.set(place, StrategicMergePatch.merged((Tree) base.get(place), change, items));
      }
    }
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

  /** An element and where it stands in the order that counts for it. */
  private record Placed(Object element, int place) {}

  /** Elements of the patch in its order; between them the others, as far to the front as the order of the object lets them. */
  List<Object> ordered(List<?> merged, List<?> patchOrder, List<?> originalOrder) {
    Places inPatch = new Places(patchOrder);
    Places inOriginal = new Places(originalOrder);
    List<Placed> ofPatch = new ArrayList<>();
    List<Placed> others = new ArrayList<>();
    for (Object element : merged) {
      int place = inPatch.of(element);
      if (place >= 0) {
        ofPatch.add(new Placed(element, place));
      } else {
        others.add(new Placed(element, inOriginal.of(element)));
      }
    }
    ofPatch.sort(Comparator.comparingInt(Placed::place));
    others.sort(Comparator.comparingInt(placed -> placed.place < 0 ? Integer.MAX_VALUE : placed.place));
    List<Object> result = new ArrayList<>(merged.size());
    int i = 0;
    int j = 0;
    while (i < others.size() || j < ofPatch.size()) {
      if (i < others.size() && (j == ofPatch.size() || isBefore(others.get(i).place, inOriginal.of(ofPatch.get(j).element)))) {
        result.add(others.get(i++).element);
      } else {
        result.add(ofPatch.get(j++).element);
      }
    }
    return result;
  }

  private static boolean isBefore(int left, int right) {
    return left >= 0 && right >= 0 && left < right;
  }

  /** Where the elements of a list first occur: objects by their merge key, others by their value. */
  private final class Places {
    private final Map<Object, Integer> byKey = new HashMap<>();
    private final Map<Object, Integer> byValue = new HashMap<>();

    Places(List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        if (isKeyed(list.get(i))) {
          byKey.putIfAbsent(((Tree) list.get(i)).get(mergeKey), i);
        } else {
          byValue.putIfAbsent(list.get(i), i);
        }
      }
    }

    /** -1 where it does not occur. */
    int of(Object element) {
      Integer place = isKeyed(element) ? byKey.get(key((Tree) element)) : byValue.get(element);
      return place == null ? -1 : place;
    }
  }

  private boolean isKeyed(Object element) {
    return !mergeKey.isEmpty() && element instanceof Tree;
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
