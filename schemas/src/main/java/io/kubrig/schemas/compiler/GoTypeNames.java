package io.kubrig.schemas.compiler;

import io.kubrig.machinery.schema.Schema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names that Go's messages have for the types of fields: the facts of {@code go-types.txt}, whose head describes its form. */
final class GoTypeNames {
  private static final String LIST = "[]";
  private static final String MAP = "map[string]";

  private final Map<String, String> types = new HashMap<>();
  private final Map<String, Schema> scalars = new HashMap<>();

  GoTypeNames(List<String> lines) {
    String pkg = "";
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split(" ");
      if (words[0].equals("package")) {
        pkg = words[1];
      } else {
        types.put(pkg + "." + words[0] + " " + words[1], words[2]);
      }
    }
  }

  /** The schema of a field with the name of its Go type; lists and maps are changed, scalars, which are shared, are not. */
  Schema named(Schema schema, String definition, String field) {
    String goType = types.get(definition + " " + field);
    return goType == null ? schema : named(schema, goType);
  }

  private Schema named(Schema schema, String goType) {
    return switch (schema.type()) {
      case ARRAY -> goType.startsWith(LIST) ? schema.items(named(schema.items(), goType.substring(LIST.length()))) : schema.goType(goType);
      case MAP -> goType.startsWith(MAP) ? schema.items(named(schema.items(), goType.substring(MAP.length()))) : schema.goType(goType);
      case STRING, INTEGER, NUMBER, BOOLEAN, BYTES -> scalars.computeIfAbsent(
          schema.type() + " " + schema.format() + " " + goType,
          _ -> new Schema(schema.type()).format(schema.format()).goType(goType));
      case OBJECT, ANY, QUANTITY, INT_OR_STRING, TIME, MICRO_TIME, DURATION -> schema;
    };
  }
}
