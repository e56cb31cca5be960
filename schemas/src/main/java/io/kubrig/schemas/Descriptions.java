package io.kubrig.schemas;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What only OpenAPI and explain need of types and their fields, by OpenAPI definition name: their meaning in words, and their
 * {@code x-kubernetes-…} extensions as JSON text. Immutable.
 */
public final class Descriptions {
  private static final int VERSION = 2;
  private final Map<String, Map<String, String>> types;
  private final Map<String, Map<String, String>> extensions;

  /** Texts by definition and field; the text under "" is the definition's own. */
  public Descriptions(Map<String, Map<String, String>> types, Map<String, Map<String, String>> extensions) {
    this.types = types;
    this.extensions = extensions;
  }

  /** The description of a definition, or "". */
  public String type(String definition) {
    return field(definition, "");
  }

  /** The description of a field of a definition, or "". */
  public String field(String definition, String field) {
    return types.getOrDefault(definition, Map.of()).getOrDefault(field, "");
  }

  /** The extensions of a definition (field "") or of one of its fields, as the text of a JSON object; "" when there are none. */
  public String extensions(String definition, String field) {
    return extensions.getOrDefault(definition, Map.of()).getOrDefault(field, "");
  }

  public void write(DataOutputStream out) throws IOException {
    out.writeShort(VERSION);
    write(types, out);
    write(extensions, out);
  }

  private static void write(Map<String, Map<String, String>> texts, DataOutputStream out) throws IOException {
    out.writeShort(texts.size());
    for (Map.Entry<String, Map<String, String>> type : texts.entrySet()) {
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
    return new Descriptions(readTexts(in), readTexts(in));
  }

  private static Map<String, Map<String, String>> readTexts(DataInputStream in) throws IOException {
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
    return types;
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
