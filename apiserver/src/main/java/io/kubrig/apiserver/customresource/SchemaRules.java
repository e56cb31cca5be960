package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.Cause;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the schema of a version must look like as an OpenAPI schema of a custom resource. {@link StructuralRules} has the rest. */
final class SchemaRules {
  private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");
  private static final Set<String> META = Set.of("metadata", "kind", "apiVersion");
  private static final String AT_ROOT =
      "[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems "
          + "UniqueItems"
          + " MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]";
  private static final Set<String> ALLOWED_AT_ROOT =
      Set.of(
          "description", "type", "format", "title", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength",
              "pattern",
          "maxItems", "minItems", "uniqueItems", "multipleOf", "required", "items", "properties", "externalDocs", "example",
          "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations");

  private final FieldPath root;
  private final boolean unchanged;
  private final FieldErrors errors;

  private static final List<String> UNSUPPORTED =
      List.of("id", "$schema", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions");

  /** @param unchanged whether the same schema was accepted before */
  SchemaRules(FieldPath root, boolean unchanged, FieldErrors errors) {
    this.root = root;
    this.unchanged = unchanged;
    this.errors = errors;
  }

  void check(Tree schema, boolean status) {
    if (status) {
      underStatus(schema);
    }
    if (schema.bool("nullable")) {
      errors.forbidden(root.child("nullable"), "nullable cannot be true at the root");
    }
    int structural = errors.size();
    Optional<String> strange = unsupported(schema);
    if (strange.isEmpty()) {
      StructuralRules.check(schema, root, errors);
    }
    boolean sound = errors.size() == structural;
    if (sound && strange.isEmpty()) {
      DefaultRules.check(schema, root, errors);
      sound = errors.size() == structural;
    }
    int own = errors.size();
    node(schema, root, new Context(true, false, ""));
    if (errors.size() == own) {
      strange.ifPresent(member -> errors.invalid(root, "", "OpenAPIV3Schema '" + member + "' is not supported"));
    }
    if (sound && strange.isEmpty()) {
      List<String> faults = errors.causes().subList(own, errors.size()).stream().map(Cause::field).toList();
      RuleChecks.check(schema, root, unchanged, faults, errors);
    }
  }

  /** The first member that structural schemas do not know, by the name that native gives it. */
  private static Optional<String> unsupported(Tree schema) {
    Optional<String> own = UNSUPPORTED.stream().filter(schema::has).findFirst().map(member -> member.equals("$schema") ? "schema" : member);
    return own.isPresent() ? own : parts(schema).map(SchemaRules::unsupported).flatMap(Optional::stream).findFirst();
  }

  /** The schemas that a schema is made of. */
  static Stream<Tree> parts(Tree schema) {
    Stream<Tree> single =
        Stream.of("items", "additionalProperties", "not").map(schema::get).filter(Tree.class::isInstance).map(Tree.class::cast);
    Stream<Tree> listed = Stream.of("allOf", "anyOf", "oneOf").flatMap(list -> schema.trees(list).stream());
    Tree properties = schema.tree("properties");
    return Stream.of(single, listed, properties.names().stream().map(properties::tree)).flatMap(stream -> stream);
  }

  private void underStatus(Tree schema) {
    if (!schema.string("type").isEmpty() && !schema.string("type").equals("object")) {
      errors.invalid(
          root.child("type"), schema.string("type"),
              "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled");
      return;
    }
    for (String name : schema.givenNames()) {
      if (!ALLOWED_AT_ROOT.contains(name)) {
        errors.invalid(root, InternalForm.of("apiextensions.JSONSchemaProps", schema),
            "only " + AT_ROOT + " fields are allowed at the root of the schema if the status subresource is enabled");
        return;
      }
    }
  }

  /**
   * Where a node stands.
   *
   * @param noDefaults why there may be no default; "" when there may be one
   */
  private record Context(boolean isRoot, boolean insideMeta, String noDefaults) {
    Context below() {
      return new Context(false, insideMeta, noDefaults);
    }
  }

  private void node(Tree schema, FieldPath path, Context context) {
    plain(schema, path, context);
    if (schema.bool("uniqueItems")) {
      errors.forbidden(path.child("uniqueItems"), "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
    }
    additional(schema, path, context);
    schema
        .tree("properties")
        .forEach(
            (name, value) -> {
              Context inner = context.below();
              if ((context.isRoot() || schema.bool("x-kubernetes-embedded-resource")) && META.contains(name)) {
                inner = new Context(false, true, context.isRoot() ? "in top-level " + name : context.noDefaults());
              }
              node((Tree) value, path.child("properties").key(name), inner);
            });
    if (schema.get("not") instanceof Tree not) {
      node(not, path.child("not"), context.below());
    }
    for (String name : List.of("allOf", "oneOf", "anyOf")) {
      List<Tree> parts = schema.trees(name);
      for (int i = 0; i < parts.size(); i++) {
        node(parts.get(i), path.child(name).index(i), context.below());
      }
    }
    named(schema.tree("definitions"), path.child("definitions"), context);
    if (schema.get("items") instanceof Tree each) {
      node(each, path.child("items"), context.below());
    }
    List<Tree> items = schema.trees("items");
    for (int i = 0; i < items.size(); i++) {
      node(items.get(i), path.child("items").index(i), context.below());
    }
    named(schema.tree("dependencies"), path.child("dependencies"), context);
    extensions(schema, path);
    listMap(schema, path);
    ruleForms(schema, path);
  }

  private void named(Tree schemas, FieldPath path, Context context) {
    schemas.forEach(
        (name, schema) -> {
          if (schema instanceof Tree tree) {
            node(tree, path.key(name), context.below());
          }
        });
  }

  private void additional(Tree schema, FieldPath path, Context context) {
    if (schema.get("additionalProperties") == null) {
      return;
    }
    FieldPath at = path.child("additionalProperties");
    boolean free = Boolean.TRUE.equals(schema.get("additionalProperties"));
    if (!schema.tree("properties").isEmpty() && !free) {
      errors.forbidden(at, "additionalProperties and properties are mutual exclusive");
    }
    if (schema.get("additionalProperties") instanceof Tree values) {
      Context inner = context.below();
      node(values, at, context.insideMeta() ? new Context(false, true, "inside additionalProperties applying to object metadata") : inner);
    }
  }

  private void plain(Tree schema, FieldPath path, Context context) {
    String type = schema.string("type");
    if (!type.isEmpty() && !TYPES.contains(type)) {
      errors.notSupported(path.child("type"), type, TYPES);
    }
    if (schema.get("default") != null && !context.noDefaults().isEmpty()) {
      errors.forbidden(path.child("default"), "must not be set " + context.noDefaults());
    }
    for (String name : List.of("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")) {
      boolean set = name.equals("dependencies") ? schema.given(name) != null : schema.get(name) != null;
      if (set) {
        errors.forbidden(path.child(name), name + " is not supported");
      }
    }
    if (type.equals("null")) {
      errors.forbidden(path.child("type"), "type cannot be set to null, use nullable as an alternative");
    }
    if (schema.get("items") instanceof List<?>) {
      errors.forbidden(path.child("items"), "items must be a schema object and not an array");
    }
    if (context.insideMeta() && schema.bool("x-kubernetes-embedded-resource")) {
      errors.forbidden(path.child("x-kubernetes-embedded-resource"), "must not be used inside of resource meta");
    }
  }

  private void extensions(Tree schema, FieldPath path) {
    String type = schema.string("type");
    if (Boolean.FALSE.equals(schema.get("x-kubernetes-preserve-unknown-fields"))) {
      errors.invalid(path.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined");
    }
    if (schema.get("x-kubernetes-map-type") != null) {
      typed(type, "object", "x-kubernetes-map-type", path);
      String mapType = schema.string("x-kubernetes-map-type");
      if (!mapType.equals("atomic") && !mapType.equals("granular")) {
        errors.notSupported(path.child("x-kubernetes-map-type"), mapType, List.of("atomic", "granular"));
      }
    }
    if (schema.get("x-kubernetes-list-type") == null) {
      return;
    }
    String listType = schema.string("x-kubernetes-list-type");
    typed(type, "array", "x-kubernetes-list-type", path);
    if (type.equals("array") && listType.equals("set") && schema.get("items") instanceof Tree items) {
      setItems(items, path.child("items"));
    }
    if (!List.of("atomic", "set", "map").contains(listType)) {
      errors.notSupported(path.child("x-kubernetes-list-type"), listType, List.of("atomic", "set", "map"));
    }
  }

  private void typed(String type, String wanted, String extension, FieldPath path) {
    String text = "must be " + wanted + " if " + extension + " is specified";
    if (type.isEmpty()) {
      errors.required(path.child("type"), text);
    } else if (!type.equals(wanted)) {
      errors.invalid(path.child("type"), type, text);
    }
  }

  private void setItems(Tree items, FieldPath path) {
    String text = "must be atomic as item of a list with x-kubernetes-list-type=set";
    String listType = items.string("x-kubernetes-list-type");
    if (items.string("type").equals("array") && !listType.isEmpty() && !listType.equals("atomic")) {
      errors.invalid(path.child("x-kubernetes-list-type"), listType, text);
    }
    if (items.string("type").equals("object") && !items.string("x-kubernetes-map-type").equals("atomic")) {
      errors.invalid(path.child("x-kubernetes-map-type"), listType.isEmpty() ? null : listType, text);
    }
  }

  private void listMap(Tree schema, FieldPath path) {
    String listType = schema.string("x-kubernetes-list-type");
    List<String> keys = schema.strings("x-kubernetes-list-map-keys");
    if (!keys.isEmpty() && !listType.equals("map")) {
      String text = "must be map if x-kubernetes-list-map-keys is non-empty";
      if (listType.isEmpty()) {
        errors.required(path.child("x-kubernetes-list-type"), text);
      } else {
        errors.invalid(path.child("x-kubernetes-list-type"), listType, text);
      }
    }
    Object items = schema.get("items");
    if (listType.equals("map")) {
      if (keys.isEmpty()) {
        errors.required(path.child("x-kubernetes-list-map-keys"), "must not be empty if x-kubernetes-list-type is map");
      }
      if (items == null) {
        errors.required(path.child("items"), "must have a schema if x-kubernetes-list-type is map");
      } else if (items instanceof Tree tree && !tree.string("type").equals("object")) {
        errors.invalid(path.child("items", "type"), tree.string("type"), "must be object if parent array's x-kubernetes-list-type is map");
      } else if (items instanceof Tree tree) {
        mapKeys(keys, tree, path);
      }
    }
    if (items instanceof Tree tree && tree.bool("nullable") && (listType.equals("map") || listType.equals("set"))) {
      errors.forbidden(path.child("items", "nullable"), "cannot be nullable when x-kubernetes-list-type is " + listType);
    }
  }

  private void mapKeys(List<String> keys, Tree items, FieldPath path) {
    Set<String> seen = new HashSet<>();
    FieldPath keysPath = path.child("x-kubernetes-list-map-keys");
    for (String key : keys) {
      FieldPath at = path.child("items", "properties").key(key);
      if (items.tree("properties").get(key) instanceof Tree property) {
        if (List.of("array", "object").contains(property.string("type"))) {
          errors.invalid(at.child("type"), "object", "must be a scalar type if parent array's x-kubernetes-list-type is map");
        }
        if (!items.strings("required").contains(key) && property.get("default") == null) {
          errors.required(
              at.child("default"), "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
        }
        if (property.bool("nullable")) {
          errors.forbidden(at.child("nullable"), "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
        }
      } else {
        errors.invalid(keysPath, new ArrayList<Object>(keys), "entries must all be names of item properties");
      }
      if (!seen.add(key)) {
        errors.invalid(keysPath, new ArrayList<Object>(keys), "must not contain duplicate entries");
      }
    }
  }

  private void ruleForms(Tree schema, FieldPath path) {
    List<Tree> rules = schema.trees("x-kubernetes-validations");
    for (int i = 0; i < rules.size(); i++) {
      ruleForm(schema, rules.get(i), path.child("x-kubernetes-validations").index(i));
    }
  }

  private void ruleForm(Tree schema, Tree rule, FieldPath at) {
    String text = rule.string("rule").trim();
    String message = rule.string("message");
    if (text.isEmpty()) {
      errors.required(at.child("rule"), "rule is not specified");
    } else if (!message.isEmpty() && message.isBlank()) {
      errors.invalid(at.child("message"), message, "must be non-empty if specified");
    } else if (hasBreaks(message.trim())) {
      errors.invalid(at.child("message"), message, "must not contain line breaks");
    } else if (hasBreaks(text) && message.isBlank()) {
      errors.required(at.child("message"), "message must be specified if rule contains line breaks");
    }
    String expression = rule.string("messageExpression");
    if (!expression.isEmpty() && expression.isBlank()) {
      errors.required(at.child("messageExpression"), "messageExpression must be non-empty if specified");
    }
    List<String> reasons = List.of("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired");
    if (rule.get("reason") != null && !reasons.contains(rule.string("reason"))) {
      errors.notSupported(at.child("reason"), rule.string("reason"), reasons);
    }
    String fieldPath = rule.string("fieldPath");
    if (!fieldPath.isEmpty() && fieldPath.isBlank()) {
      errors.invalid(at.child("fieldPath"), fieldPath, "must be non-empty if specified");
    }
    if (hasBreaks(fieldPath)) {
      errors.invalid(at.child("fieldPath"), fieldPath, "must not contain line breaks");
    }
    if (!fieldPath.isEmpty() && unsupported(schema).isEmpty() && SchemaPaths.find(schema, fieldPath, true).problem() != null) {
      errors.invalid(at.child("fieldPath"), fieldPath, "must be a valid path");
    }
  }

  private static boolean hasBreaks(String text) {
    return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
  }
}
