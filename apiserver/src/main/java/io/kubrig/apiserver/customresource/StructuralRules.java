package io.kubrig.apiserver.customresource;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Set;

/**
 * Schemas are structural: every value has a type, and alternatives only narrow. (Source: API reference "Structural schemas",
 * apiserver/schema/validation.go.)
 */
final class StructuralRules {
  private static final List<Tree> INT_OR_STRING = List.of(Tree.of("type", "integer"), Tree.of("type", "string"));
  private static final List<String> CHILDREN = List.of("properties", "items", "additionalProperties");

  private final FieldErrors errors;

  private StructuralRules(FieldErrors errors) {
    this.errors = errors;
  }

  private enum Level {
    ROOT,
    ITEM,
    FIELD
  }

  static void check(Tree schema, FieldPath path, FieldErrors errors) {
    StructuralRules rules = new StructuralRules(errors);
    rules.node(schema, Level.ROOT, path);
    rules.complete(schema, schema, path);
  }

  private void node(Tree schema, Level level, FieldPath path) {
    String type = schema.string("type");
    if (type.equals("array") && schema.get("items") == null) {
      errors.required(path.child("items"), "must be specified");
    }
    if (schema.get("items") instanceof Tree items) {
      node(items, Level.ITEM, path.child("items"));
    }
    schema.tree("properties").forEach((name, value) -> node((Tree) value, Level.FIELD, path.child("properties").key(name)));
    Object additional = schema.get("additionalProperties");
    if (additional != null && level == Level.ROOT) {
      errors.forbidden(path.child("additionalProperties"), "must not be used at the root");
    }
    if (additional instanceof Tree values) {
      node(values, Level.FIELD, path.child("additionalProperties"));
    }
    extensions(schema, path);
    boolean firstOfAll = !schema.trees("allOf").isEmpty() && schema.trees("allOf").getFirst().trees("anyOf").equals(INT_OR_STRING);
    values(schema, schema.trees("anyOf").equals(INT_OR_STRING), firstOfAll, path);
    type(schema, level, path);
    meta(schema, level, path);
  }

  private void extensions(Tree schema, FieldPath path) {
    if (!schema.bool("x-kubernetes-int-or-string")) {
      return;
    }
    for (String other : List.of("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")) {
      if (schema.bool(other)) {
        errors.invalid(path.child(other), true, "must be false if x-kubernetes-int-or-string is true");
      }
    }
  }

  private void type(Tree schema, Level level, FieldPath path) {
    String type = schema.string("type");
    boolean embedded = schema.bool("x-kubernetes-embedded-resource");
    FieldPath at = path.child("type");
    if (embedded && !type.equals("object")) {
      String text = "must be object if x-kubernetes-embedded-resource is true";
      if (type.isEmpty()) {
        errors.required(at, text);
      } else {
        errors.invalid(at, type, text);
      }
    } else if (type.isEmpty() && !schema.bool("x-kubernetes-int-or-string") && !schema.bool("x-kubernetes-preserve-unknown-fields")) {
      errors.required(
          at,
          switch (level) {
            case ROOT -> "must not be empty at the root";
            case ITEM -> "must not be empty for specified array items";
            case FIELD -> "must not be empty for specified object fields";
          });
    }
    if (embedded && schema.get("additionalProperties") != null) {
      errors.forbidden(path.child("additionalProperties"), "must not be used if x-kubernetes-embedded-resource is set");
    }
    if (level == Level.ROOT && !type.isEmpty() && !type.equals("object")) {
      errors.invalid(at, type, "must be object at the root");
    }
    if (embedded && !schema.bool("x-kubernetes-preserve-unknown-fields") && schema.tree("properties").isEmpty()) {
      errors.required(
          path.child("properties"),
              "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
    }
  }

  private void meta(Tree schema, Level level, FieldPath path) {
    boolean checked = level == Level.ROOT || schema.bool("x-kubernetes-embedded-resource");
    Tree properties = schema.tree("properties");
    for (String name : List.of("kind", "apiVersion")) {
      if (checked && properties.get(name) instanceof Tree property && !property.string("type").equals("string")) {
        errors.invalid(path.child("properties").key(name).child("type"), property.string("type"), "must be string");
      }
    }
    if (!(properties.get("metadata") instanceof Tree metadata)) {
      return;
    }
    FieldPath at = path.child("properties").key("metadata");
    if (checked && !metadata.string("type").equals("object")) {
      errors.invalid(at.child("type"), metadata.string("type"), "must be object");
    }
    boolean plain = Set.of("name", "generateName").containsAll(metadata.tree("properties").names());
    boolean bare = metadata.names().stream().allMatch(name -> List.of("type", "properties", "default").contains(name));
    if (level == Level.ROOT && !(plain && bare)) {
      errors.forbidden(at, "must not specify anything other than name and generateName, but metadata is implicitly specified");
    }
  }

  private void values(Tree schema, boolean skipAny, boolean skipFirstOfAll, FieldPath path) {
    for (String name : List.of("anyOf", "allOf", "oneOf")) {
      List<Tree> parts = schema.trees(name);
      for (int i = 0; i < parts.size() && !(skipAny && name.equals("anyOf")); i++) {
        nested(parts.get(i), skipFirstOfAll && name.equals("allOf") && i == 0, path.child(name).index(i));
      }
    }
    if (schema.get("not") instanceof Tree not) {
      nested(not, false, path.child("not"));
    }
    String pattern = schema.string("pattern");
    if (!pattern.isEmpty()) {
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        errors.invalid(
            path.child("pattern"),
            pattern,
            "must be a valid regular expression, but isn't: error parsing regexp: " + e.getDescription() + ": `" + e.getPattern() + "`");
      }
    }
  }

  /** A part of an alternative: it may check values, not shape them. */
  private void nested(Tree schema, boolean skipAny, FieldPath path) {
    values(schema, skipAny, false, path);
    if (schema.get("items") instanceof Tree items) {
      nested(items, false, path.child("items"));
    }
    schema.tree("properties").forEach((name, value) -> nested((Tree) value, false, path.child("properties").key(name)));
    if (!schema.string("type").isEmpty()) {
      errors.forbidden(path.child("type"), "must be empty to be structural");
    }
    for (String name : List.of("additionalProperties", "default", "x-kubernetes-list-type", "x-kubernetes-map-type")) {
      if (schema.get(name) != null) {
        errors.forbidden(path.child(name), "must be undefined to be structural");
      }
    }
    for (String name : List.of("title", "description")) {
      if (!schema.string(name).isEmpty()) {
        errors.forbidden(path.child(name), "must be empty to be structural");
      }
    }
    for (String name :
        List.of("nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string")) {
      if (schema.bool(name)) {
        errors.forbidden(path.child(name), "must be false to be structural");
      }
    }
    for (String name : List.of("x-kubernetes-list-map-keys", "x-kubernetes-validations")) {
      if (!schema.list(name).isEmpty()) {
        errors.forbidden(path.child(name), "must be empty to be structural");
      }
    }
    if (schema.tree("properties").has("metadata")) {
      errors.forbidden(path.child("properties").key("metadata"), "must not be specified in a nested context");
    }
  }

  // ---- completeness: what an alternative names must be named outside of it as well ---------------------------------

  private void complete(Tree schema, Tree outside, FieldPath path) {
    for (String name : List.of("allOf", "anyOf", "oneOf")) {
      List<Tree> parts = schema.trees(name);
      for (int i = 0; i < parts.size(); i++) {
        named(parts.get(i), outside, path.child(name).index(i), path);
      }
    }
    if (schema.get("not") instanceof Tree not) {
      named(not, outside, path.child("not"), path);
    }
    if (schema == outside) {
      schema.tree("properties").forEach((name, value) -> complete((Tree) value, (Tree) value, path.child("properties").key(name)));
      for (String name : CHILDREN.subList(1, CHILDREN.size())) {
        if (schema.get(name) instanceof Tree child) {
          complete(child, child, path.child(name));
        }
      }
    }
  }

  /** @param outsidePath where it is missing */
  private void named(Tree part, Tree outside, FieldPath path, FieldPath outsidePath) {
    if (part.get("items") instanceof Tree items) {
      if (outside.get("items") instanceof Tree outer) {
        named(items, outer, path.child("items"), outsidePath.child("items"));
      } else {
        errors.required(outsidePath.child("items"), "because it is defined in " + path.child("items"));
      }
    }
    part.tree("properties")
        .forEach(
            (name, value) -> {
              FieldPath outer = outsidePath.child("properties").key(name);
              FieldPath inner = path.child("properties").key(name);
              if (outside.tree("properties").get(name) instanceof Tree known) {
                named((Tree) value, known, inner, outer);
              } else {
                errors.required(outer, "because it is defined in " + inner);
              }
            });
    for (String name : List.of("allOf", "anyOf", "oneOf")) {
      List<Tree> parts = part.trees(name);
      for (int i = 0; i < parts.size(); i++) {
        named(parts.get(i), outside, path.child(name).index(i), outsidePath);
      }
    }
    if (part.get("not") instanceof Tree not) {
      named(not, outside, path.child("not"), outsidePath);
    }
  }
}
