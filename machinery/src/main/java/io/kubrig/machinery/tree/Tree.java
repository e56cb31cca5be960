package io.kubrig.machinery.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * An object of the API while it is being worked on: an ordered, mutable map from member name to value.
 *
 * <p><b>Shape.</b> A value is a {@code Tree}, a {@code List<Object>}, a {@code String}, a {@code Long}, a {@code Double}, a
 * {@code Boolean}, or {@code null} (a JSON null that is present). Names are unique and keep the order of their first appearance. Two trees
 * are equal when they hold equal values under the same names, whatever the order.
 *
 * <p><b>Reading is forgiving.</b> The typed accessors answer the zero value ("" / 0 / false / empty) where a member is absent or of another
 * type, as a Go struct would; {@link #has} and {@link #get} tell the difference. An empty tree or list that an accessor answers for an
 * absent member is detached and immutable: use {@link #need} and {@link #needList} to write below.
 *
 * <p><b>Empty is absent, but known.</b> Where a Go struct leaves an empty list or map out, the tree has no such member either, and it makes
 * no difference to equality, names and JSON. Only {@link #given} remembers that one was there, for the rules that tell it from none
 * ({@code != nil}), until the tree is frozen: storage does not know it.
 *
 * <p><b>Three natures.</b> An open tree may be changed, by one thread. A frozen one ({@link #freeze}) may not and is read by any thread;
 * its copies are open. A shared one ({@link #share}) is frozen, is its own copy, and knows its JSON: for parts that are the same in many
 * objects and that nobody changes in place.
 */
public final class Tree {
  private static final String[] NO_NAMES = new String[0];
  private static final Object[] NO_VALUES = new Object[0];
  private static final int FIRST_CAPACITY = 4;
  private static final int INDEX_FROM = 24;
  private static final SharedForm FROZEN = new SharedForm(null);
  private static final Tree EMPTY = new Tree().freeze();

  private String[] names = NO_NAMES;
  private Object[] values = NO_VALUES;
  private int size;
  private NameIndex index;
  private long marks; // a bit for the hash of each name that is or was here: most look-ups are of names that are not

  /** Members that were given as empty lists or maps; null for none. */
  private Tree empties;

  /** Null while the tree is open, {@link #FROZEN} when it is frozen, its own form when it is shared. */
  private SharedForm form;

  public Tree() {}

  /** A tree of alternating names and values. */
  public static Tree of(Object... namesAndValues) {
    Tree tree = new Tree();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      tree.set((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return tree;
  }

  /** The immutable tree without members. */
  public static Tree empty() {
    return EMPTY;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Whether a member of this name is present, be it null. */
  public boolean has(String name) {
    return find(name) >= 0;
  }

  /** The value under a name; null both for an absent member and for a present null. */
  public Object get(String name) {
    int at = find(name);
    return at < 0 ? null : values[at];
  }

  public String nameAt(int position) {
    return names[Objects.checkIndex(position, size)];
  }

  public Object valueAt(int position) {
    return values[Objects.checkIndex(position, size)];
  }

  public void setValueAt(int position, Object value) {
    if (valueAt(position) != value) {
      checkOpen();
      values[position] = value;
    }
  }

  /** The names in order, as a copy. */
  public List<String> names() {
    return new ArrayList<>(Arrays.asList(names).subList(0, size));
  }

  public void forEach(BiConsumer<String, Object> action) {
    for (int i = 0; i < size; i++) {
      action.accept(names[i], values[i]);
    }
  }

  /** Puts a value under a name, in place when the name is there, at the end otherwise. Answers this tree. */
  public Tree set(String name, Object value) {
    checkOpen();
    if (empties != null) {
      empties.remove(name);
    }
    int at = find(name);
    if (at >= 0) {
      values[at] = value;
      return this;
    }
    append(name, value);
    return this;
  }

  /** {@link #set} for the first time a name is read; answers false (and changes nothing) when the name is already there. */
  public boolean add(String name, Object value) {
    if (find(name) >= 0) {
      return false;
    }
    checkOpen();
    append(name, value);
    return true;
  }

  /** Remembers that a member was given as an empty list or map that counts as absent. Answers this tree. */
  public Tree noteEmpty(String name, Object empty) {
    checkOpen();
    if (empties == null) {
      empties = new Tree();
    }
    empties.set(name, empty);
    return this;
  }

  /** The value under a name as it was given: an empty list or map too that counts as absent; null for none. */
  public Object given(String name) {
    Object value = get(name);
    return value == null && empties != null ? empties.get(name) : value;
  }

  /** {@link #names} with those of {@link #emptyNames}. */
  public List<String> givenNames() {
    List<String> all = names();
    all.addAll(emptyNames());
    return all;
  }

  /** The names of the members that were given as empty lists or maps and count as absent. */
  public Set<String> emptyNames() {
    return empties == null ? Set.of() : Set.copyOf(empties.names());
  }

  /** Removes a member and answers its value, null when there was none. */
  public Object remove(String name) {
    if (empties != null) {
      empties.remove(name);
    }
    int at = find(name);
    if (at < 0) {
      return null;
    }
    checkOpen();
    Object old = values[at];
    System.arraycopy(names, at + 1, names, at, size - at - 1);
    System.arraycopy(values, at + 1, values, at, size - at - 1);
    size--;
    names[size] = null;
    values[size] = null;
    if (index != null && !index.removed(name)) {
      index = null;
    }
    return old;
  }

  /** Removes the members of which a test holds, all in one pass. Answers whether there were any. */
  public boolean removeIf(BiPredicate<String, Object> test) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (!test.test(names[i], values[i])) {
        if (kept < i) {
          checkOpen();
          names[kept] = names[i];
          values[kept] = values[i];
        }
        kept++;
      }
    }
    if (kept == size) {
      return false;
    }
    checkOpen();
    Arrays.fill(names, kept, size, null);
    Arrays.fill(values, kept, size, null);
    size = kept;
    index = null;
    return true;
  }

  public void clear() {
    checkOpen();
    empties = null;
    Arrays.fill(names, 0, size, null);
    Arrays.fill(values, 0, size, null);
    size = 0;
    index = null;
  }

  // ---- typed reading -------------------------------------------------------------------------------------------------

  /** The string under a name, or "". */
  public String string(String name) {
    return get(name) instanceof String text ? text : "";
  }

  public String string(String name, String otherwise) {
    return get(name) instanceof String text ? text : otherwise;
  }

  /** The integer under a name, or 0. */
  public long integer(String name) {
    return integer(name, 0);
  }

  public long integer(String name, long otherwise) {
    return switch (get(name)) {
      case Long number -> number;
      case Double number when number == Math.rint(number) -> number.longValue();
      case null, default -> otherwise;
    };
  }

  public boolean bool(String name) {
    return bool(name, false);
  }

  public boolean bool(String name, boolean otherwise) {
    return get(name) instanceof Boolean flag ? flag : otherwise;
  }

  /** The object under a name, or an immutable empty one. */
  public Tree tree(String name) {
    return get(name) instanceof Tree tree ? tree : EMPTY;
  }

  /** The object at the end of a path of names, or an immutable empty one. */
  public Tree at(String... path) {
    Tree tree = this;
    for (String name : path) {
      tree = tree.tree(name);
    }
    return tree;
  }

  /** The list under a name, or an immutable empty one. */
  @SuppressWarnings("unchecked")
  public List<Object> list(String name) {
    return get(name) instanceof List<?> list ? (List<Object>) list : List.of();
  }

  /** The objects in the list under a name; elements of other types are left out. */
  public List<Tree> trees(String name) {
    List<Object> list = list(name);
    List<Tree> trees = new ArrayList<>(list.size());
    for (Object element : list) {
      if (element instanceof Tree tree) {
        trees.add(tree);
      }
    }
    return trees;
  }

  /** The strings in the list under a name; elements of other types are left out. */
  public List<String> strings(String name) {
    List<Object> list = list(name);
    List<String> strings = new ArrayList<>(list.size());
    for (Object element : list) {
      if (element instanceof String text) {
        strings.add(text);
      }
    }
    return strings;
  }

  /** The string members of the object under a name (labels, annotations, data), in order. */
  public Map<String, String> stringMap(String name) {
    Tree tree = tree(name);
    if (tree.isEmpty()) {
      return Map.of();
    }
    Map<String, String> map = LinkedHashMap.newLinkedHashMap(tree.size);
    tree.forEach(
        (key, value) -> {
          if (value instanceof String text) {
            map.put(key, text);
          }
        });
    return Collections.unmodifiableMap(map);
  }

  // ---- writing below -------------------------------------------------------------------------------------------------

  /** The object under a name, made when it is not there. */
  public Tree need(String name) {
    if (get(name) instanceof Tree tree) {
      return tree;
    }
    Tree made = new Tree();
    set(name, made);
    return made;
  }

  /** The list under a name, made when it is not there. */
  @SuppressWarnings("unchecked")
  public List<Object> needList(String name) {
    if (get(name) instanceof List<?> list) {
      return (List<Object>) list;
    }
    List<Object> made = new ArrayList<>();
    set(name, made);
    return made;
  }

  /** Sets a value where the member is absent or null. Answers whether it did. */
  public boolean fill(String name, Object value) {
    if (get(name) != null) {
      return false;
    }
    set(name, value);
    return true;
  }

  // ---- copies and comparison -----------------------------------------------------------------------------------------

  /** A deep copy that shares only immutable leaves and shared trees. Open, but for a shared tree, which is its own copy. */
  public Tree copy() {
    return sharedJson() != null ? this : openCopy();
  }

  /** A deep copy that is open, of a shared tree too. */
  public Tree openCopy() {
    Tree copy = new Tree();
    copy.names = Arrays.copyOf(names, size);
    copy.marks = marks;
    copy.values = new Object[size];
    copy.size = size;
    copy.empties = empties == null ? null : empties.openCopy();
    for (int i = 0; i < size; i++) {
      copy.values[i] = copyOf(values[i]);
    }
    return copy;
  }

  /** This tree, or an open copy when it is frozen or shared. */
  public Tree opened() {
    return form == null ? this : openCopy();
  }

  /** A deep copy of any value. */
  public static Object copyOf(Object value) {
    return Values.copied(value);
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Tree that) || size != that.size) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      int at = that.find(names[i]);
      if (at < 0 || !Objects.equals(values[i], that.values[at])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 0;
    for (int i = 0; i < size; i++) {
      hash += names[i].hashCode() ^ Objects.hashCode(values[i]);
    }
    return hash;
  }

  /** For people: not JSON. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "{", "}");
    forEach((name, value) -> text.add(name + ": " + value));
    return text.toString();
  }

  // ---- natures -------------------------------------------------------------------------------------------------------

  /** Makes this tree and all below it immutable, so that any thread may read it once it is published safely. Answers this tree. */
  public Tree freeze() {
    if (form == null) {
      for (int i = 0; i < size; i++) {
        values[i] = Values.frozen(values[i]);
      }
      if (size >= INDEX_FROM) {
        index();
      }
      empties = null;
      form = FROZEN;
    }
    return this;
  }

  /**
   * Makes this tree shared: frozen, and the same in all copies of what it is part of.
   *
   * @param json its compact JSON, not to be changed
   */
  public Tree share(byte[] json) {
    freeze();
    form = new SharedForm(Objects.requireNonNull(json));
    return this;
  }

  /** The compact JSON of a shared tree, not to be changed; null for others. */
  public byte[] sharedJson() {
    return form == null ? null : form.json;
  }

  /** What somebody has derived from a shared tree and left here; null for none. */
  public Object derived() {
    return form == null ? null : form.derived;
  }

  /** Leaves with a shared tree what was derived from it: immutable, and the same whoever derives it. Does nothing with others. */
  public void derived(Object value) {
    if (sharedJson() != null) {
      form.derived = value;
    }
  }

  private void checkOpen() {
    if (form != null) {
      throw new UnsupportedOperationException("a frozen tree cannot be written; use need(name) for an absent member, or a copy");
    }
  }

  private int find(String name) {
    if (size >= INDEX_FROM) {
      return index().find(name, names, size);
    }
    if ((marks & 1L << name.hashCode()) == 0) {
      return -1;
    }
    for (int i = 0; i < size; i++) {
      if (names[i] == name || names[i].equals(name)) { // names that were read are the literals of the program, see NameTable
        return i;
      }
    }
    return -1;
  }

  private NameIndex index() {
    if (index == null) {
      index = new NameIndex(names, size);
    }
    return index;
  }

  private void append(String name, Object value) {
    if (size == names.length) {
      int capacity = Math.max(FIRST_CAPACITY, size * 2);
      names = Arrays.copyOf(names, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    names[size] = Objects.requireNonNull(name, "member name");
    values[size] = value;
    marks |= 1L << name.hashCode();
    if (index != null) {
      index.added(name, size);
    }
    size++;
  }
}
