package io.kubrig.operators.validatingadmissionpolicystatus;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import io.kubrig.machinery.cel.CelTypes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Types of expressions made from one OpenAPI 3 document. What the document leaves open (quantities, numbers or texts, free objects) may be
 * anything, and so may a structure within itself.
 */
final class DocumentedTypes {
  private static final String REFERENCE = "#/components/schemas/";

  private final JsonNode schemas;
  private final CelTypes.Types types;

  /** @param types gets the structures */
  DocumentedTypes(JsonNode document, CelTypes.Types types) {
    this.schemas = document.path("components").path("schemas");
    this.types = types;
  }

  /** The type of a kind's objects; empty when the document does not speak of it. */
  Optional<CelType> of(String group, String version, String kind) {
    for (Map.Entry<String, JsonNode> schema : schemas.properties()) {
      for (JsonNode stated : schema.getValue().path("x-kubernetes-group-version-kind")) {
        if (stated.path("group").asText().equals(group) && stated.path("version").asText().equals(version)
            && stated.path("kind").asText().equals(kind)) {
          return Optional.of(type(schema.getValue(), group + "/" + version + "." + kind, new HashSet<>()));
        }
      }
    }
    return Optional.empty();
  }

  /** @param within the references that are being followed */
  private CelType type(JsonNode schema, String name, Set<String> within) {
    JsonNode reference = schema.has("$ref") ? schema.get("$ref") : schema.path("allOf").path(0).path("$ref");
    if (reference.isTextual()) {
      return referred(reference.asText().substring(REFERENCE.length()), name, within);
    }
    if (schema.path("x-kubernetes-int-or-string").asBoolean() || "int-or-string".equals(schema.path("format").asText())) {
      return SimpleType.DYN;
    }
    return switch (schema.path("type").asText("")) {
      case "object" -> object(schema, name, within);
      case "array" -> ListType.create(type(schema.path("items"), name + ".@items", within));
      case "string" -> switch (schema.path("format").asText("")) {
        case "byte" -> SimpleType.BYTES;
        case "duration" -> SimpleType.DURATION;
        case "date", "date-time" -> SimpleType.TIMESTAMP;
        default -> SimpleType.STRING;
      };
      case "integer" -> SimpleType.INT;
      case "number" -> SimpleType.DOUBLE;
      case "boolean" -> SimpleType.BOOL;
      default -> SimpleType.DYN;
    };
  }

  private CelType referred(String reference, String name, Set<String> within) {
    if (!within.add(reference)) {
      return SimpleType.DYN;
    }
    CelType type = type(schemas.path(reference), name, within);
    within.remove(reference);
    return type;
  }

  private CelType object(JsonNode schema, String name, Set<String> within) {
    if (schema.path("additionalProperties").isObject()) {
      return MapType.create(SimpleType.STRING, type(schema.get("additionalProperties"), name + ".@values", within));
    }
    if (!schema.path("properties").isObject()) {
      return SimpleType.DYN;
    }
    Map<String, CelType> fields = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : schema.get("properties").properties()) {
      CelTypes.escaped(property.getKey())
          .ifPresent(field -> fields.put(field, type(property.getValue(), name + "." + property.getKey(), within)));
    }
    return types.struct(name, fields);
  }
}
