package io.kubrig.machinery.protobuf;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A schema as a protobuf message. Only the schemas of built-in kinds have one, so the cache is bounded by their number.
 *
 * @param fields the fields of the JSON object in their order; their positions are the slots of {@link Leaf}
 * @param members by number, ascending; those of an inlined message are in a {@link Nested}
 */
record Layout(Field[] fields, Member[] members) {
  private static final Map<Schema, Layout> CACHE = new ConcurrentHashMap<>();

  /** What stands under a number of a message. */
  sealed interface Member {
    int number();
  }

  /** A field of the JSON object. */
  record Leaf(int number, Field field, int slot) implements Member {}

  /**
   * A message whose fields JSON inlines.
   *
   * @param optional whether it is left out when nothing is in it: it only wraps a list
   */
  record Nested(int number, Member[] members, boolean optional) implements Member {}

  static Layout of(Schema schema) {
    Layout known = CACHE.get(schema);
    return known != null ? known : CACHE.computeIfAbsent(schema, Layout::build);
  }

  /** The member of a number, or null. */
  static Member find(Member[] members, int number) {
    int low = 0;
    int high = members.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = members[middle].number();
      if (at == number) {
        return members[middle];
      }
      if (at < number) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  private static Layout build(Schema schema) {
    Field[] fields = schema.fields().values().toArray(Field[]::new);
    List<Leaf> leaves = new ArrayList<>();
    for (int slot = 0; slot < fields.length; slot++) {
      if (fields[slot].protoPath().length > 0) {
        leaves.add(new Leaf(0, fields[slot], slot));
      }
    }
    return new Layout(fields, members(leaves, 0));
  }

  private static Member[] members(List<Leaf> leaves, int depth) {
    Map<Integer, List<Leaf>> byNumber = new TreeMap<>();
    leaves.forEach(leaf -> byNumber.computeIfAbsent(leaf.field.protoPath()[depth], _ -> new ArrayList<>()).add(leaf));
    List<Member> members = new ArrayList<>();
    byNumber.forEach((number, below) -> members.add(member(number, below, depth)));
    return members.toArray(Member[]::new);
  }

  private static Member member(int number, List<Leaf> below, int depth) {
    Leaf first = below.getFirst();
    if (first.field.protoPath().length == depth + 1) {
      return new Leaf(number, first.field, first.slot);
    }
    boolean wrapsList = below.size() == 1 && first.field.schema().type() == Schema.Type.ARRAY;
    return new Nested(number, members(below, depth + 1), wrapsList);
  }
}
