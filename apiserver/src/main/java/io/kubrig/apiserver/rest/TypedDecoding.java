package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.registry.Operation.FieldValidation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import java.util.function.Consumer;

/** What decoding into a typed object does natively: types are checked, unknown fields dropped and reported, values brought to their normal form. */
public final class TypedDecoding {
  private final SchemaCatalog schemas;

  public TypedDecoding(SchemaCatalog schemas) {
    this.schemas = schemas;
  }

  Tree normalised(
      Document document, Tree tree, Bodies.Expected expected, FieldValidation validation, Consumer<String> warnings) {
    return tree;
  }

  Tree protobuf(byte[] bytes, Bodies.Expected expected) {
    throw ApiException.unsupportedMediaType("protobuf");
  }

  /** The refusal of a body of another kind than the path's. */
  ApiException mismatch(GroupVersionKind actual, Bodies.Expected expected) {
    GroupVersionKind wanted = expected.kind();
    String cannot = actual.kind() + " in version \"" + actual.version() + "\" cannot be handled as a " + wanted.kind() + ": ";
    if (schemas.kind(actual).isEmpty()) {
      return ApiException.badRequest(
          cannot + "no kind \"" + actual.kind() + "\" is registered for version \"" + actual.apiVersion() + "\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"");
    }
    return ApiException.badRequest(
        cannot + "converting (" + actual.version() + "." + actual.kind() + ") to (" + internal(wanted) + "." + wanted.kind() + "): unknown conversion");
  }

  /** The Go package of native's internal type, which messages show. */
  private static String internal(GroupVersionKind kind) {
    String group = kind.group();
    int dot = group.indexOf('.');
    return group.isEmpty() ? "core" : dot < 0 ? group : group.substring(0, dot);
  }
}
