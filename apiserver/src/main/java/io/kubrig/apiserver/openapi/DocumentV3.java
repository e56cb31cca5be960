package io.kubrig.apiserver.openapi;

import io.kubrig.apiserver.openapi.Operation.Parameter;
import io.kubrig.apiserver.openapi.Operation.Response;
import io.kubrig.machinery.component.KubernetesVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** An OpenAPI 3.0 document of some paths with the definitions that they refer to. Members stand in the order of the alphabet. */
final class DocumentV3 {
  private DocumentV3() {}

  /**
   * Writes a document.
   *
   * @param kinds which kinds a definition that stands for many (DeleteOptions, WatchEvent) names
   */
  static Tree write(Map<String, List<Operation>> paths, Definitions definitions, Predicate<GroupVersionKind> kinds) {
    Tree written = new Tree();
    new TreeMap<>(paths).forEach((path, operations) -> written.set(path, pathItem(operations)));
    Tree components = new Tree();
    Tree schemas = definitions(written, definitions, kinds);
    if (!schemas.isEmpty()) {
      components.set("schemas", schemas);
    }
    components.set("securitySchemes", Tree.of("BearerToken", bearerToken()));
    return Tree.of("components", components, "info", info(), "openapi", "3.0.0", "paths", written);
  }

  static Tree info() {
    return Tree.of("title", "Kubernetes", "version", KubernetesVersion.MAJOR + "." + KubernetesVersion.MINOR);
  }

  static Tree bearerToken() {
    return Tree.of("description", "Bearer Token authentication", "in", "header", "name", "authorization", "type", "apiKey");
  }

  private static Tree pathItem(List<Operation> operations) {
    TreeMap<String, Object> members = new TreeMap<>();
    List<Parameter> common = CommonParameters.of(operations);
    operations.forEach(operation -> members.put(operation.method(), operation(operation, common)));
    if (!common.isEmpty()) {
      members.put("parameters", parameters(common));
    }
    Tree item = new Tree();
    members.forEach(item::set);
    return item;
  }

  private static Tree operation(Operation operation, List<Parameter> common) {
    Tree tree = new Tree();
    if (!operation.description().isEmpty()) {
      tree.set("description", operation.description());
    }
    tree.set("operationId", operation.id());
    List<Parameter> own = CommonParameters.rest(operation, common);
    if (!own.isEmpty()) {
      tree.set("parameters", parameters(own));
    }
    operation
        .body()
        .ifPresent(
            body -> {
              Tree request = Tree.of("content", content(body.consumes(), Tree.of("$ref", Definitions.REF + body.definition())));
              tree.set("requestBody", body.required() ? request.set("required", true) : request);
            });
    Tree responses = new Tree();
    new TreeMap<>(operation.responses())
        .forEach((status, response) -> responses.set(String.valueOf(status), response(operation, response)));
    tree.set("responses", responses).set("tags", new ArrayList<>(List.<Object>of(operation.tag())));
    extend(tree, operation);
    return tree;
  }

  /** The extensions of an operation on a resource. */
  static void extend(Tree tree, Operation operation) {
    if (!operation.action().isEmpty()) {
      tree.set("x-kubernetes-action", operation.action());
    }
    operation
        .kind()
        .ifPresent(
            kind ->
                tree.set("x-kubernetes-group-version-kind",
                    Tree.of("group", kind.group(), "kind", kind.kind(), "version", kind.version())));
  }

  private static Tree response(Operation operation, Response response) {
    Tree tree = new Tree();
    response.schema().ifPresent(schema -> tree.set("content", content(operation.produces(), schema)));
    return tree.set("description", response.description());
  }

  private static Tree content(List<String> types, Tree schema) {
    Tree content = new Tree();
    new TreeSet<>(types).forEach(type -> content.set(type, Tree.of("schema", schema.copy())));
    return content;
  }

  private static List<Object> parameters(List<Parameter> parameters) {
    List<Object> list = new ArrayList<>();
    for (Parameter parameter : parameters) {
      Tree tree = new Tree();
      if (!parameter.description().isEmpty()) {
        tree.set("description", parameter.description());
      }
      tree.set("in", parameter.in()).set("name", parameter.name());
      if (parameter.required()) {
        tree.set("required", true);
      }
      list.add(tree.set("schema", Tree.of("type", parameter.type(), "uniqueItems", true)));
    }
    return list;
  }

  private static Tree definitions(Tree paths, Definitions definitions, Predicate<GroupVersionKind> kinds) {
    TreeMap<String, Tree> found = new TreeMap<>();
    Deque<String> open = new ArrayDeque<>();
    references(paths, open);
    while (!open.isEmpty()) {
      String name = open.pop();
      if (found.containsKey(name)) {
        continue;
      }
      Tree definition = definitions.definition(name).orElseThrow(() -> new IllegalStateException("no definition " + name));
      narrow(definition, kinds);
      found.put(name, definition);
      references(definition, open);
    }
    Tree tree = new Tree();
    found.forEach(tree::set);
    return tree;
  }

  private static void narrow(Tree definition, Predicate<GroupVersionKind> kinds) {
    List<Tree> all = definition.trees("x-kubernetes-group-version-kind");
    if (all.size() > 1) {
      List<Object> kept = new ArrayList<>();
      for (Tree kind : all) {
        if (kinds.test(new GroupVersionKind(kind.string("group"), kind.string("version"), kind.string("kind")))) {
          kept.add(kind);
        }
      }
      definition.set("x-kubernetes-group-version-kind", kept);
    }
  }

  private static void references(Object value, Deque<String> open) {
    switch (value) {
      case Tree tree -> {
        if (tree.get("$ref") instanceof String reference && reference.startsWith(Definitions.REF)) {
          open.push(reference.substring(Definitions.REF.length()));
        }
        tree.forEach((_, member) -> references(member, open));
      }
      case List<?> list -> list.forEach(element -> references(element, open));
      case null, default -> {
        // no reference in a leaf
      }
    }
  }
}
