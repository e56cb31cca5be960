package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One step of a path into an object. Ordered as native orders them: names, keys, values, indices. */
public sealed interface PathElement extends Comparable<PathElement> {

  /** A member of an object or map. */
  record Name(String name) implements PathElement {
    @Override
    public String toString() {
      return "." + name;
    }
  }

  /** An element of a list of type map, by the values of its key fields, sorted by name. */
  record Key(List<KeyField> fields) implements PathElement {
    public Key {
      fields = fields.stream().sorted(Comparator.comparing(KeyField::name)).toList();
    }

    @Override
    public String toString() {
      StringBuilder out = new StringBuilder("[");
      for (KeyField field : fields) {
        out.append(out.length() == 1 ? "" : ",").append(field.name).append('=').append(Json.text(field.value));
      }
      return out.append(']').toString();
    }
  }

  /** A key field and its value, a scalar. */
  record KeyField(String name, Object value) {}

  /** An element of a set, by its value. */
  record Value(Object value) implements PathElement {
    @Override
    public String toString() {
      return "[=" + Json.text(value) + "]";
    }
  }

  /** An element of a list, by its position. */
  record Index(int index) implements PathElement {
    @Override
    public String toString() {
      return "[" + index + "]";
    }
  }

  /** The member name in FieldsV1: {@code f:spec}, {@code k:{"name":"a"}}, {@code v:"a"}, {@code i:0}. */
  default String encoded() {
    return switch (this) {
      case Name(String name) -> "f:" + name;
      case Key(List<KeyField> fields) -> {
        Tree key = new Tree();
        fields.forEach(field -> key.set(field.name, field.value));
        yield "k:" + Json.text(key);
      }
      case Value(Object value) -> "v:" + Json.text(value);
      case Index(int index) -> "i:" + index;
    };
  }

  /**
   * Reads a member name of FieldsV1; empty for a kind of element that this version does not know.
   *
   * @throws FieldManagerException if it is malformed
   */
  static Optional<PathElement> decoded(String text) {
    if (text.length() < 2 || text.charAt(1) != ':') {
      throw FieldManagerException.internal(text.length() < 2 ? "key must be 2 characters long:" : "missing colon: " + text);
    }
    String rest = text.substring(2);
    try {
      return switch (text.charAt(0)) {
        case 'f' -> Optional.of(new Name(rest));
        case 'v' -> Optional.of(new Value(Json.read(rest)));
        case 'i' -> Optional.of(new Index(Integer.parseInt(rest)));
        case 'k' -> {
          List<KeyField> fields = new ArrayList<>();
          Json.readTree(rest).forEach((name, value) -> fields.add(new KeyField(name, value)));
          yield Optional.of(new Key(fields));
        }
        default -> Optional.empty();
      };
    } catch (JsonException | NumberFormatException e) {
      throw FieldManagerException.internal(e.getMessage());
    }
  }

  @Override
  default int compareTo(PathElement other) {
    if (this instanceof Name(String mine) && other instanceof Name(String theirs)) {
      return mine.compareTo(theirs);
    }
    int byKind = Integer.compare(kind(this), kind(other));
    if (byKind != 0) {
      return byKind;
    }
    return switch (this) {
      case Name name -> 0;
      case Key(List<KeyField> mine) -> compareKeys(mine, ((Key) other).fields);
      case Value(Object mine) -> Values.compare(mine, ((Value) other).value);
      case Index(int mine) -> Integer.compare(mine, ((Index) other).index);
    };
  }

  private static int kind(PathElement element) {
    return switch (element) {
      case Name name -> 0;
      case Key key -> 1;
      case Value value -> 2;
      case Index index -> 3;
    };
  }

  private static int compareKeys(List<KeyField> left, List<KeyField> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int byName = left.get(i).name.compareTo(right.get(i).name);
      int order = byName != 0 ? byName : Values.compare(left.get(i).value, right.get(i).value);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }
}
