package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.json.SharedTrees;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A set of paths, as a trie: elements in order, each a member of the set, the parent of further members, or both.
 *
 * <p>A set is filled with {@link #insert} by whoever makes it and not changed afterwards; operations answer new sets that may share parts.
 */
public final class FieldSet {
  private static final PathElement[] NO_ELEMENTS = new PathElement[0];
  private static final boolean[] NO_MEMBERS = new boolean[0];
  private static final FieldSet[] NO_CHILDREN = new FieldSet[0];
  private static final FieldSet EMPTY = new FieldSet();

  /** Sets that have been encoded lately, so that an equal one need not be. */
  private static final AtomicReferenceArray<FieldSet> ENCODED = new AtomicReferenceArray<>(1024);

  private PathElement[] elements = NO_ELEMENTS;
  private boolean[] members = NO_MEMBERS;
  private FieldSet[] children = NO_CHILDREN;
  private int size;

  /** The set's FieldsV1 once somebody has asked for it; the same whoever makes it. */
  private volatile Tree encoded;

  /** The set without paths. */
  public static FieldSet empty() {
    return EMPTY;
  }

  /** A set of paths of member names, each written with dots: {@code metadata.labels}. */
  public static FieldSet of(String... paths) {
    FieldSet set = new FieldSet();
    for (String path : paths) {
      List<PathElement> elements = new ArrayList<>();
      for (String name : path.split("\\.")) {
        elements.add(new PathElement.Name(name));
      }
      set.insert(elements);
    }
    return set;
  }

  // ---- filling -------------------------------------------------------------------------------------------------------

  void insert(List<PathElement> path) {
    if (path.isEmpty()) {
      return;
    }
    FieldSet set = this;
    for (int i = 0; i < path.size() - 1; i++) {
      set = set.descend(path.get(i));
    }
    set.insert(path.getLast());
  }

  void insert(PathElement element) {
    int at = place(element); // before the array is named: making a place may exchange it
    members[at] = true;
  }

  private FieldSet descend(PathElement element) {
    int at = place(element);
    if (children[at] == null) {
      children[at] = new FieldSet();
    }
    return children[at];
  }

  private int place(PathElement element) {
    int at = find(element);
    if (at >= 0) {
      return at;
    }
    at = -at - 1;
    if (size == elements.length) {
      int capacity = Math.max(4, size * 2);
      elements = Arrays.copyOf(elements, capacity);
      members = Arrays.copyOf(members, capacity);
      children = Arrays.copyOf(children, capacity);
    }
    System.arraycopy(elements, at, elements, at + 1, size - at);
    System.arraycopy(members, at, members, at + 1, size - at);
    System.arraycopy(children, at, children, at + 1, size - at);
    elements[at] = element;
    members[at] = false;
    children[at] = null;
    size++;
    return at;
  }

  private void append(PathElement element, boolean member, FieldSet child) {
    FieldSet kept = child == null || child.isEmpty() ? null : child;
    if (member || kept != null) {
      int at = place(element);
      members[at] = member;
      children[at] = kept;
    }
  }

  private int find(PathElement element) {
    return Arrays.binarySearch(elements, 0, size, element);
  }

  // ---- questions -----------------------------------------------------------------------------------------------------

  public boolean isEmpty() {
    for (int i = 0; i < size; i++) {
      if (members[i] || children[i] != null && !children[i].isEmpty()) {
        return false;
      }
    }
    return true;
  }

  boolean has(PathElement element) {
    int at = find(element);
    return at >= 0 && members[at];
  }

  boolean has(List<PathElement> path) {
    FieldSet set = this;
    for (int i = 0; i < path.size() - 1; i++) {
      set = set.below(path.get(i));
    }
    return !path.isEmpty() && set.has(path.getLast());
  }

  /** The paths that go on below an element, without it. */
  FieldSet below(PathElement element) {
    int at = find(element);
    return at < 0 || children[at] == null ? EMPTY : children[at];
  }

  /** Every path: of each level first the members, then what is below. */
  void forEach(Consumer<List<PathElement>> action) {
    forEach(new ArrayList<>(), action);
  }

  private void forEach(List<PathElement> prefix, Consumer<List<PathElement>> action) {
    for (int i = 0; i < size; i++) {
      if (members[i]) {
        prefix.add(elements[i]);
        action.accept(List.copyOf(prefix));
        prefix.removeLast();
      }
    }
    for (int i = 0; i < size; i++) {
      if (children[i] != null) {
        prefix.add(elements[i]);
        children[i].forEach(prefix, action);
        prefix.removeLast();
      }
    }
  }

  /** The elements that have something below them, with what that is. */
  void forEachChild(BiConsumer<PathElement, FieldSet> action) {
    for (int i = 0; i < size; i++) {
      if (children[i] != null && !children[i].isEmpty()) {
        action.accept(elements[i], children[i]);
      }
    }
  }

  // ---- algebra -------------------------------------------------------------------------------------------------------

  public FieldSet union(FieldSet other) {
    if (other.size == 0) {
      return this;
    }
    if (size == 0) {
      return other;
    }
    FieldSet result = new FieldSet();
    int i = 0;
    int j = 0;
    while (i < size || j < other.size) {
      int order = i == size ? 1 : j == other.size ? -1 : elements[i].compareTo(other.elements[j]);
      if (order < 0) {
        result.append(elements[i], members[i], children[i]);
        i++;
      } else if (order > 0) {
        result.append(other.elements[j], other.members[j], other.children[j]);
        j++;
      } else {
        FieldSet mine = children[i] == null ? EMPTY : children[i];
        FieldSet theirs = other.children[j] == null ? EMPTY : other.children[j];
        result.append(elements[i], members[i] || other.members[j], mine.union(theirs));
        i++;
        j++;
      }
    }
    return result;
  }

  FieldSet intersection(FieldSet other) {
    FieldSet result = new FieldSet();
    for (int i = 0; i < size; i++) {
      int j = other.find(elements[i]);
      if (j >= 0) {
        FieldSet child = children[i] == null || other.children[j] == null ? null : children[i].intersection(other.children[j]);
        result.append(elements[i], members[i] && other.members[j], child);
      }
    }
    return result;
  }

  /** Without the paths that the other has; what is below a path that goes stays. */
  FieldSet difference(FieldSet other) {
    if (other.size == 0) {
      return this;
    }
    FieldSet result = new FieldSet();
    for (int i = 0; i < size; i++) {
      int j = other.find(elements[i]);
      if (j < 0) {
        result.append(elements[i], members[i], children[i]);
      } else {
        FieldSet child = children[i] == null || other.children[j] == null ? children[i] : children[i].difference(other.children[j]);
        result.append(elements[i], members[i] && !other.members[j], child);
      }
    }
    return orThis(result);
  }

  /** This set where an operation has taken nothing away, so that what is known of it is not found out again. */
  private FieldSet orThis(FieldSet result) {
    if (result.size != size) {
      return result;
    }
    for (int i = 0; i < size; i++) {
      if (result.members[i] != members[i] || result.children[i] != children[i]) {
        return result;
      }
    }
    return this;
  }

  /** Without the paths that the other has and all that is below them. */
  FieldSet recursiveDifference(FieldSet other) {
    if (other.size == 0) {
      return this;
    }
    FieldSet result = new FieldSet();
    for (int i = 0; i < size; i++) {
      int j = other.find(elements[i]);
      if (j < 0) {
        result.append(elements[i], members[i], children[i]);
      } else if (!other.members[j]) {
        FieldSet child = children[i] == null || other.children[j] == null ? children[i]
            : children[i].recursiveDifference(other.children[j]);
        result.append(elements[i], members[i], child);
      }
    }
    return orThis(result);
  }

  /** With every declared field that has something below it as a member of its own. */
  FieldSet withNamedParents(Schema schema) {
    FieldSet result = new FieldSet();
    for (int i = 0; i < size; i++) {
      Schema child = null;
      boolean named = false;
      if (elements[i] instanceof PathElement.Name(String name)) {
        child = schema == null ? null : Shapes.member(schema, name);
        named = schema != null && Shapes.declares(schema, name);
      } else if (elements[i] instanceof PathElement.Key && schema != null && schema.type() == Schema.Type.ARRAY) {
        child = schema.items();
      }
      FieldSet below = children[i] == null ? null : children[i].withNamedParents(child);
      result.append(elements[i], members[i] || named && below != null, below);
    }
    return result;
  }

  // ---- FieldsV1 ------------------------------------------------------------------------------------------------------

  /** The value of {@code fieldsV1}: an immutable tree that equal sets share. */
  public Tree encoded() {
    Tree known = encoded;
    if (known == null) {
      int slot = slot();
      FieldSet equal = ENCODED.get(slot);
      known = equals(equal) ? equal.encoded : SharedTrees.of(toTree());
      known.derived(this);
      encoded = known;
      ENCODED.set(slot, this);
    }
    return known;
  }

  private int slot() {
    int hash = hashCode();
    return (hash ^ (hash >>> 15)) & (ENCODED.length() - 1);
  }

  private Tree toTree() {
    Tree out = new Tree();
    for (int i = 0; i < size; i++) {
      Tree below = children[i] == null ? new Tree() : children[i].toTree();
      out.set(elements[i].encoded(), children[i] != null && members[i] ? withSelf(below) : below);
    }
    return out;
  }

  /** A member that has members below it says so first. */
  private static Tree withSelf(Tree below) {
    Tree out = Tree.of(".", new Tree());
    below.forEach(out::set);
    return out;
  }

  /**
   * Reads a value of {@code fieldsV1}.
   *
   * @throws FieldManagerException if it is malformed
   */
  public static FieldSet decoded(Tree fields) {
    if (fields.derived() instanceof FieldSet known) {
      return known;
    }
    FieldSet set = read(fields);
    fields.derived(set);
    return set;
  }

  private static FieldSet read(Tree fields) {
    FieldSet set = new FieldSet();
    fields.forEach(
        (name, value) -> {
          if (name.equals(".")) {
            return;
          }
          PathElement.decoded(name)
              .ifPresent(
                  element -> {
                    Tree below = value instanceof Tree tree ? tree : Tree.empty();
                    FieldSet child = decoded(below);
                    int at = set.place(element);
                    set.members[at] = below.has(".") || child.size == 0;
                    set.children[at] = child.size == 0 ? null : child;
                  });
        });
    return set;
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof FieldSet that) || size != that.size) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (members[i] != that.members[i] || !elements[i].equals(that.elements[i]) || !Objects.equals(children[i], that.children[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = size;
    for (int i = 0; i < size; i++) {
      hash = 31 * hash + elements[i].hashCode() + (members[i] ? 1 : 0);
      hash = 31 * hash + (children[i] == null ? 0 : children[i].hashCode());
    }
    return hash;
  }

  /** One path a line. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    forEach(path -> out.append(out.isEmpty() ? "" : "\n").append(text(path)));
    return out.toString();
  }

  static String text(List<PathElement> path) {
    StringBuilder out = new StringBuilder();
    path.forEach(out::append);
    return out.toString();
  }
}
