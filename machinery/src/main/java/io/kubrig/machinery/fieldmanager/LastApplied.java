package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.fieldmanager.FieldConflictException.Conflict;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The annotation in which kubectl keeps what it applied on the client side: it eases the way to server-side apply and is kept up to date.
 */
final class LastApplied {
  private static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

  private final String apiVersion;
  private final Schema schema;

  LastApplied(String apiVersion, Schema schema) {
    this.apiVersion = apiVersion;
    this.schema = schema;
  }

  /** The conflicts that the annotation of the live object does not explain; null when it explains all of them. */
  FieldConflictException unexplained(FieldConflictException conflict, Tree live) {
    Set<String> allowed = allowed(live).orElse(null);
    if (allowed == null) {
      return conflict;
    }
    List<Conflict> rest = conflict.conflicts().stream().filter(one -> !allowed.contains(one.path())).toList();
    return rest.isEmpty() ? null : new FieldConflictException(rest);
  }

  /** The paths that were applied on the client side and still have that value. */
  private Optional<Set<String>> allowed(Tree live) {
    String text = live.at("metadata", "annotations").string(ANNOTATION);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      Tree last = Json.readTree(text);
      if (!last.string("apiVersion").equals(apiVersion) || !TypeCheck.errorsOf(last, schema).isEmpty()) {
        return Optional.empty();
      }
      Comparison changes = Comparison.of(last, live, schema);
      FieldSet unchanged =
          FieldCollector.fieldsOf(last, schema).difference(changes.modified()).difference(changes.added()).difference(changes.removed());
      Set<String> paths = new HashSet<>();
      unchanged.forEach(path -> paths.add(FieldSet.text(path)));
      return Optional.of(paths);
    } catch (JsonException | FieldManagerException unreadable) {
      return Optional.empty();
    }
  }

  /** Renews the annotation of an object that has one. */
  Tree renewed(Tree object, Tree config) {
    if (object.at("metadata", "annotations").string(ANNOTATION).isEmpty()) {
      return object;
    }
    Tree last = config.copy();
    if (last.at("metadata", "annotations").has(ANNOTATION)) {
      last.at("metadata", "annotations").remove(ANNOTATION);
    }
    object.need("metadata").need("annotations").set(ANNOTATION, Json.text(last) + "\n");
    return object;
  }
}
