package io.kubrig.schemas;

import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.SchemaCatalog;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The binary form of a schema catalog: magic, version, strings, the types of all nodes, the nodes, the kinds, the names of Go. Strings
 * and nodes are referred to by position, so that recursive schemas need no special case. Descriptions are not part of it.
 */
public final class SchemaFormat {
  private static final int MAGIC = 0x4b425343;
  private static final int VERSION = 1;
  private static final Schema.Type[] TYPES = Schema.Type.values();
  private static final Schema.ListType[] LIST_TYPES = Schema.ListType.values();
  private static final int ATOMIC_MAP = 1;
  private static final int PRESERVE_UNKNOWN = 2;
  private static final int EMBEDDED = 4;
  private static final int NULLABLE = 8;
  private static final int REQUIRED = 1;
  private static final int POINTER = 2;
  private static final int OMIT_EMPTY = 4;
  private static final int OMIT_ZERO = 8;
  private static final int HAS_DEFAULT = 16;

  private SchemaFormat() {}

  // ---- writing -------------------------------------------------------------------------------------------------------

  /** Writes definitions and kinds. Constraints and the defaults of nodes, which only custom resources have, are not written. */
  public static void write(Map<String, Schema> definitions, Map<GroupVersionKind, Schema> kinds, DataOutputStream out) throws IOException {
    Writer writer = new Writer();
    definitions.values().forEach(writer::collect);
    writer.write(definitions, kinds, out);
  }

  private static final class Writer {
    private final Map<Schema, Integer> nodes = new IdentityHashMap<>();
    private final List<Schema> order = new ArrayList<>();
    private final Map<String, Integer> strings = new LinkedHashMap<>();

    void collect(Schema schema) {
      if (schema == null || nodes.putIfAbsent(schema, order.size()) != null) {
        return;
      }
      order.add(schema);
      text(schema.name());
      text(schema.goType());
      text(schema.format());
      schema.listMapKeys().forEach(this::text);
      collect(schema.items());
      for (Field field : schema.fields().values()) {
        text(field.name());
        text(field.embeddedIn());
        text(field.patchStrategy());
        text(field.patchMergeKey());
        field.enumValues().forEach(this::text);
        collect(field.schema());
      }
    }

    private int text(String value) {
      return strings.computeIfAbsent(value, _ -> strings.size());
    }

    void write(Map<String, Schema> definitions, Map<GroupVersionKind, Schema> kinds, DataOutputStream out) throws IOException {
      kinds.keySet().forEach(kind -> List.of(kind.group(), kind.version(), kind.kind()).forEach(this::text));
      out.writeInt(MAGIC);
      out.writeShort(VERSION);
      out.writeShort(strings.size());
      for (String string : strings.keySet()) {
        out.writeUTF(string);
      }
      out.writeShort(order.size());
      for (Schema schema : order) {
        out.writeByte(schema.type().ordinal());
      }
      for (Schema schema : order) {
        node(schema, out);
      }
      out.writeShort(definitions.size());
      for (Schema schema : definitions.values()) {
        out.writeShort(nodes.get(schema));
      }
      out.writeShort(kinds.size());
      for (Map.Entry<GroupVersionKind, Schema> entry : kinds.entrySet()) {
        GroupVersionKind kind = entry.getKey();
        out.writeShort(text(kind.group()));
        out.writeShort(text(kind.version()));
        out.writeShort(text(kind.kind()));
        out.writeShort(nodes.get(entry.getValue()));
      }
      for (Schema schema : order) {
        out.writeShort(text(schema.goType()));
        for (Field field : schema.fields().values()) {
          out.writeShort(text(field.embeddedIn()));
        }
      }
    }

    private void node(Schema schema, DataOutputStream out) throws IOException {
      out.writeShort(text(schema.name()));
      out.writeShort(text(schema.format()));
      out.writeByte(
          (schema.atomicMap() ? ATOMIC_MAP : 0)
              | (schema.preserveUnknownFields() ? PRESERVE_UNKNOWN : 0)
              | (schema.embeddedResource() ? EMBEDDED : 0)
              | (schema.nullable() ? NULLABLE : 0));
      out.writeShort(schema.items() == null ? -1 : nodes.get(schema.items()));
      out.writeByte(schema.listType().ordinal());
      texts(schema.listMapKeys(), out);
      out.writeByte(schema.fields().size());
      for (Field field : schema.fields().values()) {
        field(field, out);
      }
    }

    private void field(Field field, DataOutputStream out) throws IOException {
      out.writeShort(text(field.name()));
      out.writeShort(nodes.get(field.schema()));
      out.writeByte(
          (field.required() ? REQUIRED : 0)
              | (field.pointer() ? POINTER : 0)
              | (field.omitEmpty() ? OMIT_EMPTY : 0)
              | (field.omitZero() ? OMIT_ZERO : 0)
              | (field.defaultValue() != null ? HAS_DEFAULT : 0));
      if (field.defaultValue() != null) {
        value(field.defaultValue(), out);
      }
      out.writeShort(text(field.patchStrategy()));
      out.writeShort(text(field.patchMergeKey()));
      texts(field.enumValues(), out);
      out.writeByte(field.protoPath().length);
      for (int number : field.protoPath()) {
        out.writeShort(number);
      }
    }

    private void texts(List<String> values, DataOutputStream out) throws IOException {
      out.writeByte(values.size());
      for (String value : values) {
        out.writeShort(text(value));
      }
    }

    private static void value(Object value, DataOutputStream out) throws IOException {
      switch (value) {
        case String text -> {
          out.writeByte('s');
          out.writeUTF(text);
        }
        case Long number -> {
          out.writeByte('i');
          out.writeLong(number);
        }
        case Boolean flag -> out.writeByte(flag ? 't' : 'f');
        default -> throw new IllegalArgumentException("a default of type " + value.getClass() + " has no binary form");
      }
    }
  }

  // ---- reading -------------------------------------------------------------------------------------------------------

  /** Reads what {@link #write} wrote; throws when it is of another version or cut short. */
  public static SchemaCatalog read(DataInputStream in) throws IOException {
    if (in.readInt() != MAGIC || in.readShort() != VERSION) {
      throw new IOException("not a schema resource of version " + VERSION);
    }
    String[] strings = new String[in.readUnsignedShort()];
    for (int i = 0; i < strings.length; i++) {
      strings[i] = in.readUTF();
    }
    Schema[] nodes = new Schema[in.readUnsignedShort()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = new Schema(TYPES[in.readByte()]);
    }
    for (Schema node : nodes) {
      readNode(node, nodes, strings, in);
    }
    int definitionCount = in.readUnsignedShort();
    Map<String, Schema> definitions = HashMap.newHashMap(definitionCount);
    for (int i = 0; i < definitionCount; i++) {
      Schema schema = nodes[in.readUnsignedShort()];
      definitions.put(schema.name(), schema);
    }
    int kindCount = in.readUnsignedShort();
    Map<GroupVersionKind, Schema> kinds = HashMap.newHashMap(kindCount);
    for (int i = 0; i < kindCount; i++) {
      GroupVersionKind kind =
          new GroupVersionKind(strings[in.readUnsignedShort()], strings[in.readUnsignedShort()], strings[in.readUnsignedShort()]);
      kinds.put(kind, nodes[in.readUnsignedShort()]);
    }
    for (Schema node : nodes) {
      node.goType(strings[in.readUnsignedShort()]);
      for (Field field : node.fields().values()) {
        field.embeddedIn(strings[in.readUnsignedShort()]);
      }
    }
    return new SchemaCatalog(definitions, kinds);
  }

  private static void readNode(Schema node, Schema[] nodes, String[] strings, DataInputStream in) throws IOException {
    node.name(strings[in.readUnsignedShort()]).format(strings[in.readUnsignedShort()]);
    int flags = in.readByte();
    node.atomicMap((flags & ATOMIC_MAP) != 0)
        .preserveUnknownFields((flags & PRESERVE_UNKNOWN) != 0)
        .embeddedResource((flags & EMBEDDED) != 0)
        .nullable((flags & NULLABLE) != 0);
    int items = in.readShort();
    if (items >= 0) {
      node.items(nodes[items]);
    }
    Schema.ListType listType = LIST_TYPES[in.readByte()];
    node.listType(listType, readTexts(strings, in));
    int fields = in.readUnsignedByte();
    for (int i = 0; i < fields; i++) {
      node.field(readField(nodes, strings, in));
    }
  }

  private static Field readField(Schema[] nodes, String[] strings, DataInputStream in) throws IOException {
    Field field = new Field(strings[in.readUnsignedShort()], nodes[in.readUnsignedShort()]);
    int flags = in.readByte();
    field
        .required((flags & REQUIRED) != 0)
        .pointer((flags & POINTER) != 0)
        .omitEmpty((flags & OMIT_EMPTY) != 0)
        .omitZero((flags & OMIT_ZERO) != 0);
    if ((flags & HAS_DEFAULT) != 0) {
      field.defaultValue(readValue(in));
    }
    field.patchStrategy(strings[in.readUnsignedShort()]).patchMergeKey(strings[in.readUnsignedShort()]);
    field.enumValues(readTexts(strings, in));
    int[] path = new int[in.readUnsignedByte()];
    for (int i = 0; i < path.length; i++) {
      path[i] = in.readUnsignedShort();
    }
    return field.protoPath(path);
  }

  private static List<String> readTexts(String[] strings, DataInputStream in) throws IOException {
    int count = in.readUnsignedByte();
    if (count == 0) {
      return List.of();
    }
    String[] texts = new String[count];
    for (int i = 0; i < count; i++) {
      texts[i] = strings[in.readUnsignedShort()];
    }
    return List.of(texts);
  }

  private static Object readValue(DataInputStream in) throws IOException {
    int tag = in.readByte();
    return switch (tag) {
      case 's' -> in.readUTF();
      case 'i' -> in.readLong();
      case 't' -> true;
      case 'f' -> false;
      default -> throw new IOException("unknown default tag " + tag);
    };
  }
}
