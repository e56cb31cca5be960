package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/**
 * The scale of a custom object: {@code autoscaling/v1 Scale} over the paths that the definition states.
 *
 * @param paths specReplicasPath, statusReplicasPath, labelSelectorPath
 */
record CustomScale(Tree paths) implements Lens {
  private static final GroupVersionKind SCALE = new GroupVersionKind("autoscaling", "v1", "Scale");

  private String specPath() {
    return paths.string("specReplicasPath");
  }

  @Override
  public Optional<GroupVersionKind> viewKind() {
    return Optional.of(SCALE);
  }

  @Override
  public Tree view(Tree object) {
    Tree metadata = new Tree();
    for (String name : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      if (object.tree("metadata").get(name) != null) {
        metadata.set(name, object.tree("metadata").get(name));
      }
    }
    Object replicas = at(object, specPath());
    if (!(replicas instanceof Number)) {
      throw ApiException.internal("the spec replicas field \"" + specPath() + "\" does not exist");
    }
    Tree spec = integer(replicas) == 0 ? new Tree() : Tree.of("replicas", integer(replicas));
    Tree status = Tree.of("replicas", integer(at(object, paths.string("statusReplicasPath"))));
    if (at(object, paths.string("labelSelectorPath")) instanceof String selector && !selector.isEmpty()) {
      status.set("selector", selector);
    }
    return Tree.of("kind", "Scale", "apiVersion", "autoscaling/v1", "metadata", metadata, "spec", spec, "status", status);
  }

  @Override
  public Tree put(Tree object, Tree view) {
    Tree parent = object;
    String[] names = names(specPath());
    for (int i = 0; i < names.length - 1; i++) {
      parent = parent.need(names[i]);
    }
    parent.set(names[names.length - 1], view.tree("spec").integer("replicas"));
    Tree metadata = object.need("metadata");
    for (String name : List.of("resourceVersion", "uid")) {
      String value = view.tree("metadata").string(name);
      if (!value.isEmpty()) {
        metadata.set(name, value);
      }
    }
    return object;
  }

  @Override
  public void prepare(Tree object, Tree old, Operation operation) {
    Lens.OBJECT.prepare(object, old, operation);
  }

  @Override
  public void validate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Lens.OBJECT.validate(object, old, errors, operation);
  }

  /** What a scaled object must look like; {@code whole} when its spec is written, not its status alone. */
  void check(Tree object, boolean whole, FieldErrors errors) {
    if (whole) {
      count(object, specPath(), errors);
    }
    count(object, paths.string("statusReplicasPath"), errors);
    String selector = paths.string("labelSelectorPath");
    Object value = at(object, selector);
    if (value != null && !(value instanceof String)) {
      errors.invalid(FieldPath.of(selector), "", accessor(selector, value, "string"));
    }
  }

  private static void count(Tree object, String path, FieldErrors errors) {
    Object value = at(object, path);
    if (value == null) {
      return;
    }
    if (!(value instanceof Long replicas)) {
      errors.invalid(FieldPath.of(path), 0L, accessor(path, value, "int64"));
    } else if (replicas < 0) {
      errors.invalid(FieldPath.of(path), replicas, "should be a non-negative integer");
    } else if (replicas > Integer.MAX_VALUE) {
      errors.invalid(FieldPath.of(path), replicas, "should be less than or equal to " + Integer.MAX_VALUE);
    }
  }

  private static String accessor(String path, Object value, String wanted) {
    String actual =
        switch (value) {
          case String ignored -> "string";
          case Boolean ignored -> "bool";
          case Double ignored -> "float64";
          case Long ignored -> "int64";
          case Tree ignored -> "map[string]interface {}";
          default -> "[]interface {}";
        };
    return path + " accessor error: " + JsonPath.text(value) + " is of the type " + actual + ", expected " + wanted;
  }

  private static long integer(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  private static String[] names(String path) {
    return (path.startsWith(".") ? path.substring(1) : path).split("\\.");
  }

  private static Object at(Tree object, String path) {
    if (path.isEmpty()) {
      return null;
    }
    Object value = object;
    for (String name : names(path)) {
      value = value instanceof Tree tree ? tree.get(name) : null;
    }
    return value;
  }
}
