package io.kubrig.apiserver.openapi;

import io.kubrig.apiserver.openapi.Operation.Body;
import io.kubrig.apiserver.openapi.Operation.Parameter;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The OpenAPI 2 document of all paths. Parameters that do not speak of one kind are written once and referred to. Members stand in the
 * order of the alphabet. (Source: kube-openapi/pkg/builder.)
 */
final class DocumentV2 {
  private static final String REF = "#/definitions/";

  private final TreeMap<String, Tree> shared = new TreeMap<>();
  private final Deque<String> open = new ArrayDeque<>();

  private DocumentV2() {}

  static Tree write(Map<String, List<Operation>> paths, Definitions definitions) {
    return new DocumentV2().document(paths, definitions);
  }

  private Tree document(Map<String, List<Operation>> paths, Definitions definitions) {
    Tree items = new Tree();
    new TreeMap<>(paths).forEach((path, operations) -> items.set(path, pathItem(operations)));
    Tree written = definitions(definitions);
    Tree parameters = new Tree();
    shared.forEach(parameters::set);
    return Tree.of(
        "definitions",
        written,
        "info",
        DocumentV3.info(),
        "parameters",
        parameters,
        "paths",
        items,
        "security",
        list(Tree.of("BearerToken", new ArrayList<>())),
        "securityDefinitions",
        Tree.of("BearerToken", DocumentV3.bearerToken()),
        "swagger",
        "2.0");
  }

  private Tree pathItem(List<Operation> operations) {
    TreeMap<String, Object> members = new TreeMap<>();
    List<Parameter> common = CommonParameters.of(operations);
    operations.forEach(operation -> members.put(operation.method(), operation(operation, common)));
    if (!common.isEmpty()) {
      List<Object> parameters = new ArrayList<>();
      common.forEach(parameter -> parameters.add(parameter(parameter)));
      members.put("parameters", parameters);
    }
    Tree item = new Tree();
    members.forEach(item::set);
    return item;
  }

  private Tree operation(Operation operation, List<Parameter> common) {
    Tree tree = new Tree();
    List<String> consumes = consumes(operation);
    if (!consumes.isEmpty()) {
      tree.set("consumes", list(consumes));
    }
    if (!operation.description().isEmpty()) {
      tree.set("description", operation.description());
    }
    tree.set("operationId", operation.id());
    List<Object> parameters = new ArrayList<>();
    operation.body().ifPresent(body -> parameters.add(body(body)));
    CommonParameters.rest(operation, common).forEach(parameter -> parameters.add(parameter(parameter)));
    if (!parameters.isEmpty()) {
      tree.set("parameters", parameters);
    }
    if (!operation.produces().isEmpty()) {
      tree.set("produces", list(operation.produces()));
    }
    Tree responses = new Tree();
    new TreeMap<>(operation.responses())
        .forEach(
            (status, response) -> {
              Tree answer = Tree.of("description", response.description());
              response.schema().ifPresent(schema -> answer.set("schema", schema(schema)));
              responses.set(String.valueOf(status), answer);
            });
    tree.set("responses", responses).set("schemes", list("https")).set("tags", list(operation.tag()));
    DocumentV3.extend(tree, operation);
    return tree;
  }

  private static List<String> consumes(Operation operation) {
    if (operation.body().isPresent()) {
      return operation.body().get().consumes();
    }
    if (operation.tag().equals("openid") || operation.tag().equals("WellKnown")) {
      return List.of();
    }
    return operation.action().isEmpty() ? operation.produces() : List.of("*/*");
  }

  // ---- parameters ----------------------------------------------------------------------------------------------------

  private Tree body(Body body) {
    Tree tree = Tree.of("in", "body", "name", "body");
    if (body.required()) {
      tree.set("required", true);
    }
    open.push(body.definition());
    tree.set("schema", Tree.of("$ref", REF + body.definition()));
    return body.definition().startsWith("io.k8s.apimachinery") ? share(tree) : tree;
  }

  private Tree parameter(Parameter parameter) {
    Tree tree = new Tree();
    if (!parameter.description().isEmpty()) {
      tree.set("description", parameter.description());
    }
    tree.set("in", parameter.in()).set("name", parameter.name());
    if (parameter.required()) {
      tree.set("required", true);
    }
    tree.set("type", parameter.type()).set("uniqueItems", true);
    // clients look for these two in the operation itself, and a name speaks of its kind
    boolean own = List.of("name", "dryRun", "fieldValidation").contains(parameter.name());
    return own ? tree : share(tree);
  }

  private Tree share(Tree parameter) {
    String name = parameter.string("name") + "-" + ParameterHash.of(parameter);
    shared.putIfAbsent(name, parameter);
    return Tree.of("$ref", "#/parameters/" + name);
  }

  // ---- definitions ---------------------------------------------------------------------------------------------------

  private Tree definitions(Definitions definitions) {
    TreeMap<String, Tree> found = new TreeMap<>();
    while (!open.isEmpty()) {
      String name = open.pop();
      if (!found.containsKey(name)) {
        Tree definition = definitions.definition(name).orElseThrow(() -> new IllegalStateException("no definition " + name));
        found.put(name, schema(definition));
      }
    }
    Tree tree = new Tree();
    found.forEach(tree::set);
    return tree;
  }

  /** A schema in the words of version 2, which has no defaults, no alternatives and no null. */
  private Tree schema(Tree schema) {
    Tree written = new Tree();
    boolean free = schema.bool("nullable") || schema.bool("x-kubernetes-preserve-unknown-fields");
    schema.forEach(
        (name, value) -> {
          switch (name) {
            case "$ref" -> written.set("$ref", reference((String) value));
            case "allOf" -> {
              if (schema.trees("allOf").size() == 1 && schema.trees("allOf").getFirst().has("$ref")) {
                written.set("$ref", reference(schema.trees("allOf").getFirst().string("$ref")));
              }
            }
            case "oneOf" -> {
              if (schema.trees("oneOf").stream().anyMatch(alternative -> alternative.string("type").equals("string"))) {
                written.set("type", "string");
              }
            }
            case "default", "nullable", "anyOf", "not" -> {
              // version 2 cannot say it
            }
            case "required" -> {
              if (!free || !schema.bool("x-kubernetes-embedded-resource")) {
                written.set("required", value);
              }
            }
            case "properties" -> {
              if (!free) {
                written.set("properties", members((Tree) value));
              }
            }
            case "type" -> {
              if (!free || schema.has("x-kubernetes-group-version-kind")) {
                written.set("type", value);
              }
            }
            case "items", "additionalProperties" -> {
              if (!free) {
                written.set(name, value instanceof Tree tree ? schema(tree) : value);
              }
            }
            default -> written.set(name, value);
          }
        });
    return written;
  }

  private Tree members(Tree properties) {
    Tree written = new Tree();
    properties.forEach((name, property) -> written.set(name, schema((Tree) property)));
    return written;
  }

  private String reference(String reference) {
    String name = reference.substring(Definitions.REF.length());
    open.push(name);
    return REF + name;
  }

  private static List<Object> list(Object... values) {
    return new ArrayList<>(List.of(values));
  }

  private static List<Object> list(Collection<String> values) {
    return new ArrayList<>(values);
  }
}
