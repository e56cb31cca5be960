package io.kubrig.machinery.schema;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Document.Duplicate;
import io.kubrig.machinery.json.SharedTrees;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a custom resource into its normal form under its structural schema: metadata typed, unknown fields pruned, nulls that are not
 * allowed dropped, embedded metadata typed, defaults filled in, members sorted.
 *
 * <p>Unlike {@link Decoder} it keeps empty and zero values and does not check types: that is validation's work.
 *
 * <p>Source: API reference "CustomResourceDefinition", sections pruning, defaulting and nullable.
 */
public final class StructuralDecoder {
  private final Schema schema;
  private final EmbeddedMetadata metadata;
  private final boolean pruning;
  private final boolean embeds;

  /**
   * @param schema the root of the version's schema, an empty object for none
   * @param objectMeta the built-in ObjectMeta
   * @param pruning false for old definitions with {@code preserveUnknownFields: true}
   */
  public StructuralDecoder(Schema schema, Schema objectMeta, boolean pruning) {
    this.schema = schema;
    this.metadata = new EmbeddedMetadata(objectMeta);
    this.pruning = pruning;
    this.embeds = EmbeddedMetadata.anywhereIn(schema);
  }

  /**
   * Decodes what was read from a request; the value must be an object.
   *
   * @throws DecodeException if metadata has a value of the wrong type
   */
  public Decoded decode(Document document) {
    Tree tree = (Tree) document.value();
    StrictErrors strict = new StrictErrors();
    if (!document.duplicates().isEmpty()) {
      duplicates(tree, document, strict);
    }
    List<String> unknown = new ArrayList<>();
    shape(tree, unknown, false);
    List<String> errors = strict.list();
    unknown.forEach(path -> errors.add("unknown field \"" + path + '"'));
    return new Decoded(sortedAll(tree), document.remarks(), errors.stream().distinct().toList());
  }

  /** What a stored object looks like under today's schema; malformed metadata is dropped. */
  public Tree normalise(Tree stored) {
    shape(stored, new ArrayList<>(), true);
    return sortedAll(stored);
  }

  private void shape(Tree tree, List<String> unknown, boolean lenient) {
    metadata.coerce(tree, "", unknown, lenient);
    if (pruning) {
      List<String> pruned = new ArrayList<>();
      new Pruner(pruned).prune(tree, schema, true);
      pruned.sort(null);
      unknown.addAll(pruned);
      dropNulls(tree, schema);
    }
    if (embeds) {
      List<String> embedded = new ArrayList<>();
      metadata.coerceBelow(tree, schema, "", embedded, lenient);
      embedded.sort(null);
      unknown.addAll(embedded);
    }
    StructuralDefaults.apply(tree, schema);
  }

  /** The schema of a member of an object or map; null when the schema says nothing of it. */
  static Schema member(Schema node, String name) {
    if (node.type() == Type.MAP) {
      return node.items();
    }
    Schema.Field field = node.fields().get(name);
    return field == null ? null : field.schema();
  }

  private static void dropNulls(Object value, Schema node) {
    if (value instanceof Tree tree) {
      tree.removeIf(
          (name, member) -> {
            Schema child = node == null ? null : member(node, name);
            dropNulls(member, child);
            return member == null && child != null && !child.nullable() && child.defaultValue() == null;
          });
    } else if (value instanceof List<?> list) {
      list.forEach(element -> dropNulls(element, node != null && node.type() == Type.ARRAY ? node.items() : null));
    }
  }

  private static void duplicates(Object value, Document document, StrictErrors strict) {
    if (value instanceof Tree tree) {
      List<Duplicate> duplicates = document.duplicatesIn(tree);
      for (int i = 0; i < tree.size(); i++) {
        String name = tree.nameAt(i);
        for (Duplicate duplicate : duplicates) {
          if (duplicate.name().equals(name)) {
            duplicatesBelow(name, duplicate.earlier(), document, strict);
            strict.duplicate(name);
          }
        }
        duplicatesBelow(name, tree.valueAt(i), document, strict);
      }
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        int mark = strict.enter(i);
        duplicates(list.get(i), document, strict);
        strict.leave(mark);
      }
    }
  }

  private static void duplicatesBelow(String name, Object value, Document document, StrictErrors strict) {
    int mark = strict.enter(name);
    duplicates(value, document, strict);
    strict.leave(mark);
  }

  private static Tree sortedAll(Tree tree) {
    for (int i = 0; i < tree.size(); i++) {
      tree.setValueAt(i, sortedBelow(tree.valueAt(i)));
    }
    return Decoder.sorted(tree);
  }

  /** Whether the names of an object and of all objects directly in it are in order. */
  private static boolean isSorted(Tree tree) {
    for (int i = 0; i < tree.size(); i++) {
      boolean inOrder = i == 0 || tree.nameAt(i - 1).compareTo(tree.nameAt(i)) <= 0;
      if (!inOrder || tree.valueAt(i) instanceof Tree below && !isSorted(below)) {
        return false;
      }
    }
    return true;
  }

  private static Object sortedBelow(Object value) {
    return switch (value) {
      case Tree tree when tree.sharedJson() != null -> isSorted(tree) ? tree : SharedTrees.of(sortedAll(tree.openCopy()));
      case Tree tree -> sortedAll(tree);
      case List<?> list -> {
        List<Object> out = new ArrayList<>(list.size());
        list.forEach(element -> out.add(sortedBelow(element)));
        yield out;
      }
      case null -> null;
      default -> value;
    };
  }
}
