package io.kubrig.machinery.schema;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Document.Duplicate;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** One document's way through a {@link Decoder}. */
final class Decoding {
  private static final Schema STRING = new Schema(Type.STRING);

  private final Document document;
  private final Decoder.Wording wording;
  private final StrictErrors strict = new StrictErrors();

  Decoding(Document document, Decoder.Wording wording) {
    this.document = document;
    this.wording = wording;
  }

  List<String> strictErrors() {
    return strict.list();
  }

  /** The normal form of a document's value. */
  Object root(Object value, Schema schema) {
    try {
      return decoded(value, schema);
    } catch (Mismatch mismatch) {
      throw mismatch.complaint();
    }
  }

  private Object decoded(Object value, Schema schema) {
    return switch (schema.type()) {
      case OBJECT -> value instanceof Tree tree ? object(tree, schema) : fail(value, schema);
      case MAP -> value instanceof Tree tree ? map(tree, schema) : fail(value, schema);
      case ARRAY -> value instanceof List<?> list ? array(list, schema) : fail(value, schema);
      case ANY -> any(value, schema);
      case STRING, INTEGER, NUMBER, BOOLEAN, INT_OR_STRING, QUANTITY, TIME, MICRO_TIME, DURATION, BYTES ->
          Scalars.decoded(value, schema, () -> mismatch(value, schema));
    };
  }

  private Tree object(Tree in, Schema schema) {
    List<Duplicate> duplicates = document.duplicatesIn(in);
    for (int i = 0; i < in.size(); i++) {
      complainOfScalars(duplicates, schema, i, i);
      String name = in.nameAt(i);
      Field field = schema.fields().get(name);
      if (field == null) {
        strict.unknown(name);
        continue;
      }
      Object value = in.valueAt(i);
      if (!duplicates.isEmpty()) {
        value = merged(name, value, field.schema(), duplicates);
      }
      if (value != null) {
        int mark = strict.enter(name);
        in.setValueAt(i, member(value, field, schema));
        strict.leave(mark);
      }
    }
    complainOfScalars(duplicates, schema, in.size(), Integer.MAX_VALUE);
    return Decoder.ordered(in, schema);
  }

  private Object member(Object value, Field field, Schema owner) {
    try {
      return decoded(value, field.schema());
    } catch (Mismatch mismatch) {
      throw mismatch.in(owner, field);
    }
  }

  /** Complains of repeated scalars where the text has the later occurrence: after {@code from} to {@code to} members. */
  private void complainOfScalars(List<Duplicate> duplicates, Schema schema, int from, int to) {
    for (Duplicate duplicate : duplicates) {
      Field field = schema.fields().get(duplicate.name());
      if (duplicate.after() >= from && duplicate.after() <= to && field != null && isScalar(field.schema())) {
        strict.duplicate(duplicate.name());
      }
    }
  }

  private static boolean isScalar(Schema schema) {
    return switch (schema.type()) {
      case OBJECT, MAP, ARRAY, ANY -> false;
      default -> true;
    };
  }

  private Tree map(Tree in, Schema schema) {
    Schema items = schema.items();
    List<Duplicate> duplicates = document.duplicatesIn(in);
    boolean sorted = true;
    for (int i = 0; i < in.size(); i++) {
      String name = in.nameAt(i);
      sorted = sorted && (i == 0 || in.nameAt(i - 1).compareTo(name) < 0);
      duplicates.stream().filter(duplicate -> duplicate.name().equals(name)).forEach(duplicate -> strict.duplicate(name));
      Object value = in.valueAt(i);
      int mark = strict.enter(name);
      in.setValueAt(i, value == null ? Decoder.zero(items) : decoded(value, items));
      strict.leave(mark);
    }
    return sorted ? in : Decoder.sorted(in);
  }

  private List<Object> array(List<?> in, Schema schema) {
    Schema items = schema.items();
    List<Object> out = new ArrayList<>(in.size());
    for (int i = 0; i < in.size(); i++) {
      Object value = in.get(i);
      int mark = strict.enter(i);
      out.add(value == null ? Decoder.zero(items) : decoded(value, items));
      strict.leave(mark);
    }
    return out;
  }

  /** As it is, or where there are items one of the unions of the CustomResourceDefinition types. */
  private Object any(Object value, Schema schema) {
    if (schema.items() == null) {
      return value;
    }
    boolean orBool = GoTypes.struct(schema).equals("JSONSchemaPropsOrBool");
    return switch (value) {
      case Tree tree -> object(tree, schema.items());
      case Boolean flag when orBool -> flag;
      case null -> null;
      case Object other when orBool -> throw new DecodeException("boolean or JSON schema expected");
      case List<?> list -> {
        Schema element = GoTypes.struct(schema).endsWith("StringArray") ? STRING : schema.items();
        yield array(list, new Schema(Type.ARRAY).items(element));
      }
      // neither a schema nor a list: natively a union of which nothing is set
      default -> null;
    };
  }

  /** A member that was given more than once: Go decodes each occurrence onto what the earlier ones left. */
  private Object merged(String name, Object last, Schema schema, List<Duplicate> duplicates) {
    Object result = null;
    boolean repeated = false;
    for (Duplicate duplicate : duplicates) {
      if (duplicate.name().equals(name)) {
        result = onto(result, duplicate.earlier(), schema);
        repeated = true;
      }
    }
    if (!repeated) {
      return last;
    }
    result = onto(result, last, schema);
    // complaints about the earlier occurrence come first, as the text has them
    decodedForComplaints(name, schema, duplicates);
    if (!isScalar(schema)) {
      duplicates.stream().filter(duplicate -> duplicate.name().equals(name)).forEach(duplicate -> strict.duplicate(name));
    }
    return result;
  }

  private void decodedForComplaints(String name, Schema schema, List<Duplicate> duplicates) {
    for (Duplicate duplicate : duplicates) {
      if (duplicate.name().equals(name) && duplicate.earlier() instanceof Tree earlier) {
        int mark = strict.enter(name);
        document.duplicatesIn(earlier).stream().filter(_ -> schema.type() == Type.MAP).forEach(inner -> strict.duplicate(inner.name()));
        strict.leave(mark);
      }
    }
  }

  private static Object onto(Object before, Object value, Schema schema) {
    boolean accumulates = schema.type() == Type.OBJECT || schema.type() == Type.MAP;
    if (!accumulates || !(before instanceof Tree base) || !(value instanceof Tree tree)) {
      return value == null && schema.type() == Type.OBJECT ? before : value;
    }
    for (int i = 0; i < tree.size(); i++) {
      Field field = schema.fields().get(tree.nameAt(i));
      Object member = tree.valueAt(i);
      base.set(tree.nameAt(i), field == null ? member : onto(base.get(tree.nameAt(i)), member, field.schema()));
    }
    return base;
  }

  private Object fail(Object value, Schema schema) {
    throw mismatch(value, schema);
  }

  private RuntimeException mismatch(Object value, Schema schema) {
    if (wording == Decoder.Wording.UNSTRUCTURED) {
      return new DecodeException(GoTypes.conversionError(value, schema));
    }
    String what = GoTypes.kindOf(value);
    if (schema.type() == Type.INTEGER && what.equals("number")) {
      what += " " + GoTypes.number(value);
    }
    return new Mismatch(what, GoTypes.name(schema));
  }
}
