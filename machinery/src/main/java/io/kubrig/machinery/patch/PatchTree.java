package io.kubrig.machinery.patch;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a merge patch or strategic merge patch.
 *
 * @param tree the patch
 * @param strictErrors {@code duplicate field "…"} for members that are given twice
 */
public record PatchTree(Tree tree, List<String> strictErrors) {

  /**
   * Reads the body of a merge patch.
   *
   * @throws PatchException if it is not a JSON object
   */
  public static PatchTree readMerge(byte[] body) {
    return read(body, "error decoding patch: ");
  }

  /** As {@link #readMerge}; native words the refusal of a malformed strategic merge patch without a prefix. */
  public static PatchTree readStrategic(byte[] body) {
    return read(body, "");
  }

  private static PatchTree read(byte[] body, String prefix) {
    Document document;
    try {
      document = Json.readDocument(body, Limits.REQUEST);
    } catch (JsonException e) {
      throw PatchException.badRequest(prefix + e.getMessage());
    }
    Tree tree =
        switch (document.value()) {
          case null -> new Tree();
          case Tree object -> object;
          case List<?> list -> throw mismatch(prefix, "array");
          case String text -> throw mismatch(prefix, "string");
          case Boolean flag -> throw mismatch(prefix, "bool");
          default -> throw mismatch(prefix, "number");
        };
    List<String> errors = new ArrayList<>();
    if (!document.duplicates().isEmpty()) {
      duplicates(tree, "", document, errors);
    }
    return new PatchTree(tree, errors);
  }

  private static PatchException mismatch(String prefix, String what) {
    return PatchException.badRequest(prefix + "json: cannot unmarshal " + what + " into Go value of type map[string]interface {}");
  }

  private static void duplicates(Object value, String path, Document document, List<String> errors) {
    if (value instanceof Tree tree) {
      String prefix = path.isEmpty() ? "" : path + ".";
      document.duplicatesIn(tree).stream().map(duplicate -> "duplicate field \"" + prefix + duplicate.name() + '"').distinct()
          .forEach(errors::add);
      tree.forEach((name, member) -> duplicates(member, prefix + name, document, errors));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        duplicates(list.get(i), path + "[" + i + "]", document, errors);
      }
    }
  }
}
