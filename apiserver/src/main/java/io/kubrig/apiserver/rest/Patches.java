package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.Locale;

/** The four kinds of patch. */
public final class Patches {
  /** How a patch is to be understood, by its Content-Type. */
  public enum Type {
    JSON,
    MERGE,
    STRATEGIC,
    APPLY
  }

  Type type(Call call, Resource resource) {
    String type = call.exchange().headers().value("Content-Type").split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    return switch (type) {
      case "application/json-patch+json" -> Type.JSON;
      case "application/merge-patch+json" -> Type.MERGE;
      case "application/apply-patch+yaml" -> Type.APPLY;
      case "application/strategic-merge-patch+json" -> {
        if (resource.custom()) {
          throw unknown(resource);
        }
        yield Type.STRATEGIC;
      }
      default -> throw unknown(resource);
    };
  }

  private static ApiException unknown(Resource resource) {
    String strategic = resource.custom() ? "" : ", application/strategic-merge-patch+json";
    return new ApiException(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: application/json-patch+json,"
            + " application/merge-patch+json" + strategic + ", application/apply-patch+yaml",
        Tree.empty());
  }

  Writer.Change change(Type type, byte[] patch, Operation operation, Bodies.Expected expected, Lens lens) {
    throw ApiException.unsupportedMediaType("patch");
  }
}
