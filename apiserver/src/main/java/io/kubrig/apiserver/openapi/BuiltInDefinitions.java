package io.kubrig.apiserver.openapi;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.Descriptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The schemas of built-in types as OpenAPI 3.0 shows them. Members stand in the order of the alphabet, as the native server writes them.
 */
final class BuiltInDefinitions implements Definitions {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private final SchemaCatalog catalog;
  private final Descriptions descriptions;
  private final Map<String, List<GroupVersionKind>> kinds = new HashMap<>();

  BuiltInDefinitions(SchemaCatalog catalog, Descriptions descriptions) {
    this.catalog = catalog;
    this.descriptions = descriptions;
    catalog
        .kinds()
        .forEach(
            (kind, schema) -> {
              if (!kind.group().equals("apidiscovery.k8s.io")) {
                kinds.computeIfAbsent(schema.name(), _ -> new ArrayList<>()).add(kind);
              }
            });
    kinds
        .values()
        .forEach(list -> list.sort(Comparator.comparing(GroupVersionKind::group).thenComparing(GroupVersionKind::version)));
  }

  @Override
  public Optional<Tree> definition(String name) {
    return catalog.definition(name).map(this::render);
  }

  private Tree render(Schema schema) {
    Tree tree = new Tree();
    describe(tree, descriptions.type(schema.name()));
    switch (schema.type()) {
      case OBJECT -> object(tree, schema);
      case TIME, MICRO_TIME -> tree.set("format", "date-time").set("type", "string");
      case DURATION -> tree.set("type", "string");
      case QUANTITY -> tree.set("oneOf", alternatives("string", "number"));
      case INT_OR_STRING -> tree.set("format", "int-or-string").set("oneOf", alternatives("integer", "string"));
      case ANY -> {
        if (!schema.name().contains(".JSON")) {
          tree.set("type", "object");
        }
      }
      case MAP, ARRAY, STRING, INTEGER, NUMBER, BOOLEAN, BYTES -> throw new IllegalStateException(schema.name() + " is no definition");
    }
    extend(tree, schema.name(), "");
    groupVersionKinds(tree, schema.name());
    return tree;
  }

  private void object(Tree tree, Schema schema) {
    Tree properties = new Tree();
    List<Object> required = new ArrayList<>();
    for (Field field : schema.fields().values()) {
      if (field.required()) {
        required.add(field.name());
      }
    }
    schema.fields().values().stream()
        .sorted(Comparator.comparing(Field::name))
        .forEach(field -> properties.set(field.name(), property(schema, field)));
    if (!properties.isEmpty()) {
      tree.set("properties", properties);
    }
    if (!required.isEmpty()) {
      tree.set("required", required);
    }
    tree.set("type", "object");
  }

  private Tree property(Schema owner, Field field) {
    Tree value = value(field.schema());
    Tree rest = new Tree();
    Object defaultValue = defaultValue(field);
    if (defaultValue != null) {
      rest.set("default", defaultValue);
    }
    describe(rest, descriptions.field(owner.name(), field.name()));
    extend(rest, owner.name(), field.name());
    enumerate(value, rest);
    if (value.has("$ref") && !rest.isEmpty()) {
      Tree wrapped = Tree.of("allOf", new ArrayList<>(List.<Object>of(value)));
      rest.forEach(wrapped::set);
      return wrapped;
    }
    rest.forEach(value::set);
    return value;
  }

  /** The values of a list or map are those of its elements. */
  private static void enumerate(Tree value, Tree rest) {
    for (String elements : List.of("items", "additionalProperties")) {
      if (rest.has("enum") && value.get(elements) instanceof Tree element) {
        element.set("enum", rest.remove("enum"));
      }
    }
  }

  /** What the field states itself, or the zero that Go fills in where the field is never left out. */
  private static Object defaultValue(Field field) {
    if (field.defaultValue() != null || field.pointer()) {
      return field.defaultValue();
    }
    return switch (field.schema().type()) {
      case OBJECT -> new Tree();
      case STRING -> field.omitEmpty() ? null : "";
      case INTEGER -> field.omitEmpty() ? null : 0L;
      case NUMBER -> field.omitEmpty() ? null : 0.0;
      case BOOLEAN -> field.omitEmpty() ? null : false;
      case MAP, ARRAY, INT_OR_STRING, QUANTITY, TIME, MICRO_TIME, DURATION, BYTES, ANY -> null;
    };
  }

  private static Tree value(Schema schema) {
    if (!schema.name().isEmpty()) {
      return Tree.of("$ref", REF + schema.name());
    }
    return switch (schema.type()) {
      case STRING -> Tree.of("type", "string");
      case BOOLEAN -> Tree.of("type", "boolean");
      case INTEGER -> Tree.of("format", schema.format(), "type", "integer");
      case NUMBER -> Tree.of("format", schema.format(), "type", "number");
      case BYTES -> Tree.of("format", "byte", "type", "string");
      case ARRAY -> Tree.of("items", element(schema.items()), "type", "array");
      case MAP -> Tree.of("additionalProperties", element(schema.items()), "type", "object");
      case OBJECT, INT_OR_STRING, QUANTITY, TIME, MICRO_TIME, DURATION, ANY -> throw new IllegalStateException("a type without a name");
    };
  }

  /** The type of the elements of a list or map, with the zero that Go gives them. */
  private static Tree element(Schema schema) {
    Tree value = value(schema);
    return switch (schema.type()) {
      case OBJECT -> Tree.of("allOf", new ArrayList<>(List.<Object>of(value)), "default", new Tree());
      case STRING -> value.set("default", "");
      case INTEGER -> value.set("default", 0L);
      case NUMBER -> value.set("default", 0L);
      case BOOLEAN -> value.set("default", false);
      case MAP, ARRAY, INT_OR_STRING, QUANTITY, TIME, MICRO_TIME, DURATION, BYTES, ANY -> value;
    };
  }

  private void groupVersionKinds(Tree tree, String name) {
    List<Object> list = new ArrayList<>();
    for (GroupVersionKind kind : kinds.getOrDefault(name, List.of())) {
      list.add(Tree.of("group", kind.group(), "kind", kind.kind(), "version", kind.version()));
    }
    boolean options = name.startsWith(META) && name.endsWith("Options") && !name.endsWith(".DeleteOptions");
    if (!list.isEmpty() && !options) {
      tree.set("x-kubernetes-group-version-kind", list);
    }
  }

  private void extend(Tree tree, String definition, String field) {
    String extensions = descriptions.extensions(definition, field);
    if (!extensions.isEmpty()) {
      Json.readTree(extensions).forEach(tree::set);
    }
  }

  private static void describe(Tree tree, String description) {
    if (!description.isEmpty()) {
      tree.set("description", description);
    }
  }

  private static List<Object> alternatives(String... types) {
    List<Object> list = new ArrayList<>();
    for (String type : types) {
      list.add(Tree.of("type", type));
    }
    return list;
  }
}
