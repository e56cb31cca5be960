package io.kubrig.apiserver.openapi;

import com.google.protobuf.CodedOutputStream;
import io.kubrig.apiserver.openapi.ProtobufShapes.Field;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** An OpenAPI document in protobuf, as gnostic reads and writes it. */
final class ProtobufDocument {
  private static final String REFERENCE = "$ref";
  private static final int YAML = 2;

  private final ProtobufShapes shapes;

  private ProtobufDocument(ProtobufShapes shapes) {
    this.shapes = shapes;
  }

  static byte[] version2(Tree document) {
    return new ProtobufDocument(ProtobufShapes.V2).message("Document", document);
  }

  static byte[] version3(Tree document) {
    return new ProtobufDocument(ProtobufShapes.V3).message("Document", document);
  }

  /** Writes fields, which cannot fail in memory. */
  @FunctionalInterface
  private interface Fields {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] bytes(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.to(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A value as a message of a type: by its fields, or by what the type is a choice of. */
  private byte[] message(String type, Object value) {
    Map<String, Field> fields = shapes.message(type);
    return bytes(out -> {
      if (fields == null) {
        choice(type, value, out);
      } else if (value instanceof Tree tree) {
        fields(fields, tree, out);
      }
    });
  }

  private void fields(Map<String, Field> fields, Tree tree, CodedOutputStream out) throws IOException {
    for (String member : tree.names()) {
      Object value = tree.get(member);
      Field named = fields.get(member);
      Field extension = member.startsWith("x-") ? fields.get("x-") : null;
      if (named != null) {
        field(named, value, out);
      } else if (extension != null) {
        pair(extension, member, value, out);
      } else if (fields.containsKey("*")) {
        pair(fields.get("*"), member, value, out);
      } // what the message does not know is not part of OpenAPI
    }
  }

  private void pair(Field field, String name, Object value, CodedOutputStream out) throws IOException {
    byte[] content = message(field.type(), value);
    out.writeByteArray(
        field.number(),
        bytes(pair -> {
          pair.writeString(1, name);
          pair.writeByteArray(2, content);
        }));
  }

  private void field(Field field, Object value, CodedOutputStream out) throws IOException {
    if (field.repeated()) {
      for (Object element : (List<?>) value) {
        one(field, element, true, out);
      }
    } else {
      one(field, value, false, out);
    }
  }

  /** @param always also what is the type's default: an element of a list, a chosen value */
  private void one(Field field, Object value, boolean always, CodedOutputStream out) throws IOException {
    switch (field.type()) {
      case "string" -> {
        if (always || !value.equals("")) {
          out.writeString(field.number(), (String) value);
        }
      }
      case "bool" -> {
        if (always || value.equals(true)) {
          out.writeBool(field.number(), (Boolean) value);
        }
      }
      case "int" -> {
        if (((Number) value).longValue() != 0) {
          out.writeInt64(field.number(), ((Number) value).longValue());
        }
      }
      case "double" -> {
        if (always || ((Number) value).doubleValue() != 0) {
          out.writeDouble(field.number(), ((Number) value).doubleValue());
        }
      }
      default -> out.writeByteArray(field.number(), message(field.type(), value));
    }
  }

  private void choice(String type, Object value, CodedOutputStream out) throws IOException {
    boolean reference = value instanceof Tree tree && tree.has(REFERENCE);
    switch (type) {
      case "any" -> out.writeString(YAML, Yaml.write(value));
      case "StringArray", "TypeItem" -> field(new Field("string", true, 1), value instanceof List<?> ? value : List.of(value), out);
      case "ItemsItem" -> field(new Field(shapes.nested(), true, 1), value instanceof List<?> ? value : List.of(value), out);
      case "AdditionalPropertiesItem" -> chosen(value instanceof Boolean ? "bool" : shapes.nested(), value instanceof Boolean ? 2 : 1,
          value, out);
      case "DefaultType" -> defaultValue(value, out);
      case "SchemaItem" -> chosen("Schema", 1, value, out);
      case "ParametersItem" -> chosen(reference ? "JsonReference" : "Parameter", reference ? 2 : 1, value, out);
      case "ResponseValue" -> chosen(reference ? "JsonReference" : "Response", reference ? 2 : 1, value, out);
      case "Parameter" -> parameter((Tree) value, out);
      case "SecurityDefinitionsItem" -> {
        boolean basic = ((Tree) value).string("type").equals("basic");
        chosen(basic ? "BasicAuthenticationSecurity" : "ApiKeySecurity", basic ? 1 : 2, value, out);
      }
      default -> {
        String whole = type.substring(0, type.length() - "OrReference".length());
        chosen(reference ? "Reference" : whole, reference ? 2 : 1, value, out);
      }
    }
  }

  private void chosen(String type, int number, Object value, CodedOutputStream out) throws IOException {
    one(new Field(type, false, number), value, true, out);
  }

  /** A number, a truth or a text; what is none of them is said by its presence only. */
  private void defaultValue(Object value, CodedOutputStream out) throws IOException {
    if (value instanceof Number) {
      chosen("double", 1, value, out);
    } else if (value instanceof Boolean) {
      chosen("bool", 2, value, out);
    } else if (value instanceof String) {
      chosen("string", 3, value, out);
    }
  }

  /** Where a parameter is decides what it may say. */
  private void parameter(Tree parameter, CodedOutputStream out) throws IOException {
    String place = parameter.string("in");
    if (place.equals("body")) {
      chosen("BodyParameter", 1, parameter, out);
      return;
    }
    byte[] plain =
        bytes(inner -> {
          switch (place) {
            case "header" -> chosen("HeaderParameterSubSchema", 1, parameter, inner);
            case "formData" -> chosen("FormDataParameterSubSchema", 2, parameter, inner);
            case "query" -> chosen("QueryParameterSubSchema", 3, parameter, inner);
            default -> chosen("PathParameterSubSchema", 4, parameter, inner);
          }
        });
    out.writeByteArray(2, plain);
  }
}
