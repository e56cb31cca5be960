package io.kubrig.schemas;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What types and their fields mean, in words, by OpenAPI definition name. Only OpenAPI and explain need it. Immutable. */
public final class Descriptions {
  private static final int VERSION = 1;
  private final Map<String, Map<String, String>> types;

  /** Texts by definition and field; the text under "" is the definition's own. */
  public Descriptions(Map<String, Map<String, String>> types) {
    this.types = types;
  }

  /** The description of a definition, or "". */
  public String type(String definition) {
    return field(definition, "");
  }

  /** The description of a field of a definition, or "". */
  public String field(String definition, String field) {
    return types.getOrDefault(definition, Map.of()).getOrDefault(field, "");
  }

  public void write(DataOutputStream out) throws IOException {
    out.writeShort(VERSION);
    out.writeShort(types.size());
    for (Map.Entry<String, Map<String, String>> type : types.entrySet()) {
      text(type.getKey(), out);
      out.writeShort(type.getValue().size());
      for (Map.Entry<String, String> field : type.getValue().entrySet()) {
        text(field.getKey(), out);
        text(field.getValue(), out);
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  public static Descriptions read(DataInputStream in) throws IOException {
    if (in.readShort() != VERSION) {
      throw new IOException("not a description resource of version " + VERSION);
    }
    int count = in.readUnsignedShort();
    Map<String, Map<String, String>> types = LinkedHashMap.newLinkedHashMap(count);
    for (int i = 0; i < count; i++) {
      String name = text(in);
      int fieldCount = in.readUnsignedShort();
      Map<String, String> fields = LinkedHashMap.newLinkedHashMap(fieldCount);
      for (int j = 0; j < fieldCount; j++) {
        fields.put(text(in), text(in));
      }
      types.put(name, fields);
    }
    return new Descriptions(types);
  }

  private static void text(String value, DataOutputStream out) throws IOException {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
