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

  /** @param owner the innermost object around the value; null at the root */
  Object decoded(Object value, Schema schema, Schema owner) {
    return switch (schema.type()) {
      case OBJECT -> value instanceof Tree tree ? object(tree, schema) : fail(value, schema, owner);
      case MAP -> value instanceof Tree tree ? map(tree, schema, owner) : fail(value, schema, owner);
      case ARRAY -> value instanceof List<?> list ? array(list, schema, owner) : fail(value, schema, owner);
      case ANY -> any(value, schema, owner);
      case STRING, INTEGER, NUMBER, BOOLEAN, INT_OR_STRING, QUANTITY, TIME, MICRO_TIME, DURATION, BYTES ->
          Scalars.decoded(value, schema, () -> mismatch(value, schema, owner));
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
        in.setValueAt(i, decoded(value, field.schema(), schema));
        strict.leave(mark);
      }
    }
    complainOfScalars(duplicates, schema, in.size(), Integer.MAX_VALUE);
    return Decoder.ordered(in, schema);
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

  private Tree map(Tree in, Schema schema, Schema owner) {
    Schema items = schema.items();
    List<Duplicate> duplicates = document.duplicatesIn(in);
    boolean sorted = true;
    for (int i = 0; i < in.size(); i++) {
      String name = in.nameAt(i);
      sorted = sorted && (i == 0 || in.nameAt(i - 1).compareTo(name) < 0);
      duplicates.stream().filter(duplicate -> duplicate.name().equals(name)).forEach(duplicate -> strict.duplicate(name));
      Object value = in.valueAt(i);
      int mark = strict.enter(name);
      in.setValueAt(i, value == null ? Decoder.zero(items) : decoded(value, items, owner));
      strict.leave(mark);
    }
    return sorted ? in : Decoder.sorted(in);
  }

  private List<Object> array(List<?> in, Schema schema, Schema owner) {
    Schema items = schema.items();
    List<Object> out = new ArrayList<>(in.size());
    for (int i = 0; i < in.size(); i++) {
      Object value = in.get(i);
      int mark = strict.enter(i);
      out.add(value == null ? Decoder.zero(items) : decoded(value, items, owner));
      strict.leave(mark);
    }
    return out;
  }

  /** As it is, or where there are items one of the unions of the CustomResourceDefinition types. */
  private Object any(Object value, Schema schema, Schema owner) {
    if (schema.items() == null) {
      return value;
    }
    return switch (value) {
      case Tree tree -> object(tree, schema.items());
      case List<?> list -> {
        List<Object> out = new ArrayList<>(list.size());
        for (Object element : list) {
          out.add(element instanceof Tree tree ? object(tree, schema.items()) : element);
        }
        yield out;
      }
      case Boolean flag -> flag;
      case null, default -> fail(value, schema, owner);
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

  private Object fail(Object value, Schema schema, Schema owner) {
    throw mismatch(value, schema, owner);
  }

  private DecodeException mismatch(Object value, Schema schema, Schema owner) {
    if (wording == Decoder.Wording.UNSTRUCTURED) {
      return new DecodeException(GoTypes.conversionError(value, schema));
    }
    String what = GoTypes.kindOf(value);
    if (schema.type() == Type.INTEGER && what.equals("number")) {
      what += " " + GoTypes.number(value);
    }
    String where = owner == null ? "value" : "struct field " + GoTypes.struct(owner) + "." + withoutIndices(strict.path());
    return new DecodeException("json: cannot unmarshal " + what + " into Go " + where + " of type " + GoTypes.name(schema));
  }

  private static String withoutIndices(String path) {
    StringBuilder out = new StringBuilder(path.length());
    int depth = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      depth += c == '[' ? 1 : 0;
      if (depth == 0) {
        out.append(c);
      }
      depth -= c == ']' ? 1 : 0;
    }
    return out.toString();
  }
}
