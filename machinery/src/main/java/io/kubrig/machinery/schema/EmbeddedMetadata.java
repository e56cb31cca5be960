package io.kubrig.machinery.schema;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Types the metadata of a custom resource and of the resources embedded in it. */
final class EmbeddedMetadata {
  private static final String UNKNOWN = "unknown field \"";

  private final Decoder objectMeta;

  EmbeddedMetadata(Schema objectMeta) {
    this.objectMeta = new Decoder(objectMeta);
  }

  /**
   * Types the member {@code metadata} of an object.
   *
   * @param path of the object, "" at the root, with a dot at its end otherwise
   * @param unknown takes the paths of unknown members
   * @param lenient whether malformed members are dropped
   * @throws DecodeException if a member is malformed and this is not lenient
   */
  void coerce(Tree object, String path, List<String> unknown, boolean lenient) {
    switch (object.get("metadata")) {
      case null -> {
        if (object.has("metadata")) {
          object.set("metadata", new Tree());
        }
      }
      case Tree metadata -> object.set("metadata", typed(metadata, path, unknown, lenient));
      default -> {
        if (!lenient) {
          throw new DecodeException("json: cannot unmarshal " + GoTypes.kindOf(object.get("metadata"))
              + " into Go value of type v1.ObjectMeta");
        }
      }
    }
  }

  private Tree typed(Tree metadata, String path, List<String> unknown, boolean lenient) {
    try {
      Decoded decoded = objectMeta.decode(Document.of(metadata.copy()));
      decoded.strictErrors().forEach(error -> unknown.add(path + "metadata." + error.substring(UNKNOWN.length(), error.length() - 1)));
      return decoded.tree();
    } catch (DecodeException e) {
      if (!lenient) {
        throw e;
      }
      return fieldByField(metadata);
    }
  }

  /** Whether a structural schema, which has no cycles, names embedded resources. */
  static boolean anywhereIn(Schema schema) {
    return schema.embeddedResource() || schema.items() != null && anywhereIn(schema.items())
        || schema.fields().values().stream().anyMatch(field -> anywhereIn(field.schema()));
  }

  private Tree fieldByField(Tree metadata) {
    Tree kept = new Tree();
    metadata.forEach(
        (name, value) -> {
          try {
            objectMeta.normalise(Tree.of(name, Tree.copyOf(value)));
            kept.set(name, value);
          } catch (DecodeException malformed) {
            // the one member to leave out
          }
        });
    return objectMeta.normalise(kept);
  }

  /** Types the metadata of embedded resources below; parameters as {@link #coerce}. */
  void coerceBelow(Object value, Schema node, String path, List<String> unknown, boolean lenient) {
    if (value instanceof Tree tree) {
      if (node.embeddedResource()) {
        type(tree, "apiVersion", path, lenient);
        type(tree, "kind", path, lenient);
        coerce(tree, path, unknown, lenient);
      }
      for (int i = 0; i < tree.size(); i++) {
        Schema child = StructuralDecoder.member(node, tree.nameAt(i));
        if (child != null) {
          coerceBelow(tree.valueAt(i), child, path + tree.nameAt(i) + ".", unknown, lenient);
        }
      }
    } else if (value instanceof List<?> list && node.type() == Type.ARRAY && node.items() != null) {
      String parent = path.isEmpty() ? path : path.substring(0, path.length() - 1);
      for (int i = 0; i < list.size(); i++) {
        coerceBelow(list.get(i), node.items(), parent + "[" + i + "].", unknown, lenient);
      }
    }
  }

  private static void type(Tree tree, String name, String path, boolean lenient) {
    if (tree.has(name) && !(tree.get(name) instanceof String)) {
      if (!lenient) {
        throw new DecodeException(path + name + ": Invalid value: " + tree.get(name) + ": must be a string");
      }
      tree.remove(name);
    }
  }
}
