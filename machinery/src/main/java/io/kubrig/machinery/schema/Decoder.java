package io.kubrig.machinery.schema;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings an object of a built-in kind into its normal form: what is left of it after it was decoded into the native type and encoded
 * again.
 *
 * <p>Members come out in the order of the native type and map entries sorted; unknown members, nulls and zero values are gone, except those
 * that the type always writes; quantities, times, durations and base64 are canonical. An empty list or map counts as none where the type
 * leaves it out, and is remembered by {@link Tree#given}; where it is always written it stays, until {@link StoredForm}.
 *
 * <p>Immutable and shared. The input is used up: parts of it become parts of the result.
 */
public final class Decoder {
  /** Whose words a complaint about a type has. */
  public enum Wording {
    /** The JSON decoder's: {@code json: cannot unmarshal string into Go struct field …}. */
    JSON,
    /** Those of the converter from free-form objects, which strategic merge patches go through: {@code unrecognized type: int32}. */
    UNSTRUCTURED
  }

  private final Schema schema;

  public Decoder(Schema schema) {
    this.schema = schema;
  }

  /**
   * Decodes what was read from a request; a null counts as an empty object.
   *
   * @throws DecodeException with Go's message if a value has the wrong type
   */
  public Decoded decode(Document document) {
    return decode(document, Wording.JSON);
  }

  /** As {@link #decode(Document)} with the messages of another of native's decoders. */
  public Decoded decode(Document document, Wording wording) {
    Decoding run = new Decoding(document, wording);
    boolean reset = document.value() instanceof Tree given && isReset(given);
    Tree tree = (Tree) run.root(document.value() == null ? new Tree() : document.value(), schema);
    if (reset && schema.fields().containsKey("metadata")) {
      tree.need("metadata").set("managedFields", new ArrayList<Object>());
    }
    return new Decoded(tree, document.remarks(), run.strictErrors());
  }

  /** The normal form of an object that came about otherwise (by a patch, by defaulting); errors as {@link #decode(Document)}. */
  public Tree normalise(Tree tree) {
    return decode(Document.of(tree)).tree();
  }

  /** The value that a Go variable of this type has before anything is assigned, as JSON; null where that is a JSON null. */
  static Object zero(Schema schema) {
    return switch (schema.type()) {
      case OBJECT -> ordered(Tree.empty(), schema);
      case STRING -> "";
      case INTEGER, INT_OR_STRING -> 0L;
      case NUMBER -> 0.0;
      case BOOLEAN -> false;
      case QUANTITY -> "0";
      case DURATION -> "0s";
      case MAP, ARRAY, BYTES, TIME, MICRO_TIME, ANY -> null;
    };
  }

  /** Copies decoded members in the order of the type, leaves zero values out and puts in what the type always writes. */
  static Tree ordered(Tree decoded, Schema schema) {
    Tree out = new Tree();
    for (Field field : schema.fields().values()) {
      Object value = decoded.get(field.name());
      if (value == null) {
        absent(field, out);
        if (decoded.given(field.name()) instanceof Object empty) {
          out.noteEmpty(field.name(), empty);
        }
      } else if (field.pointer() || !isZero(value, field.schema().type())) {
        out.set(field.name(), value);
      } else if (!field.omitEmpty() && !field.omitZero()) {
        out.set(field.name(), value);
      } else if (value instanceof Tree || value instanceof List) {
        out.noteEmpty(field.name(), value);
      }
    }
    return out;
  }

  /** An empty list of managedFields is a command to forget them: it has to reach the field manager, which never stores it. */
  private static boolean isReset(Tree object) {
    return object.get("metadata") instanceof Tree metadata && metadata.get("managedFields") instanceof List<?> list && list.isEmpty();
  }

  private static void absent(Field field, Tree out) {
    boolean omitted = field.omitZero() || field.omitEmpty() && (field.pointer() || canBeEmpty(field.schema().type()));
    if (!omitted) {
      out.set(field.name(), field.pointer() ? null : zero(field.schema()));
    }
  }

  /** Whether Go's omitempty can leave a value of this type out: structs are never empty. */
  private static boolean canBeEmpty(Type type) {
    return switch (type) {
      case STRING, INTEGER, NUMBER, BOOLEAN, ARRAY, MAP, BYTES -> true;
      case OBJECT, TIME, MICRO_TIME, DURATION, QUANTITY, INT_OR_STRING, ANY -> false;
    };
  }

  private static boolean isZero(Object value, Type type) {
    return switch (type) {
      case STRING -> value instanceof String text && text.isEmpty();
      case INTEGER -> value instanceof Long number && number == 0;
      case NUMBER -> value instanceof Double number && number == 0;
      case BOOLEAN -> Boolean.FALSE.equals(value);
      case ARRAY, MAP, BYTES -> isEmptyCollection(value, type);
      case OBJECT, TIME, MICRO_TIME, DURATION, QUANTITY, INT_OR_STRING, ANY -> false;
    };
  }

  private static boolean isEmptyCollection(Object value, Type type) {
    return switch (type) {
      case ARRAY -> value instanceof List<?> list && list.isEmpty();
      case MAP -> value instanceof Tree tree && tree.isEmpty();
      case BYTES -> "".equals(value);
      default -> false;
    };
  }

  /** The same members by name; values are shared. */
  static Tree sorted(Tree in) {
    List<String> names = in.names();
    names.sort(null);
    Tree out = new Tree();
    for (String name : names) {
      out.set(name, in.get(name));
    }
    return out;
  }
}
