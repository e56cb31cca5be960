package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What one version of a definition, or what all versions have in common, must look like. */
final class DefinitionVersionRules {
  private static final List<String> COLUMN_TYPES = List.of("boolean", "date", "integer", "number", "string");
  private static final List<String> COLUMN_FORMATS = List.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");
  private static final int MAX_SELECTABLE = 8;
  private static final int MAX_WARNING = 256;

  private final Tree old;
  private final FieldErrors errors;

  /** @param old the definition before; null for a new one */
  DefinitionVersionRules(Tree old, FieldErrors errors) {
    this.old = old;
    this.errors = errors;
  }

  void deprecation(Tree version, FieldPath path) {
    if (!(version.get("deprecationWarning") instanceof String warning)) {
      return;
    }
    if (!version.bool("deprecated")) {
      errors.invalid(path, warning, "can only be set for deprecated versions");
      return;
    }
    if (warning.getBytes(StandardCharsets.UTF_8).length > MAX_WARNING) {
      errors.invalid(path, warning, "must be <= 256 characters long");
    }
    if (warning.isEmpty()) {
      errors.invalid(path, warning, "must not be an empty string");
    }
    for (int i = 0; i < warning.length(); i++) {
      if (Character.isISOControl(warning.charAt(i))) {
        errors.invalid(path, warning, "must only contain printable UTF-8 characters; non-printable character found at index " + i);
        return;
      }
    }
  }

  void schema(Tree version, FieldPath path) {
    if (version.tree("schema").get("openAPIV3Schema") instanceof Tree schema) {
      boolean unchanged =
          old != null
              && old.tree("spec").trees("versions").stream()
                  .anyMatch(
                      before ->
                          before.string("name").equals(version.string("name"))
                              && Objects.equals(before.get("schema"), version.get("schema")));
      boolean status = version.tree("subresources").get("status") != null;
      new SchemaRules(path.child("openAPIV3Schema"), unchanged, errors).check(schema, status);
    }
  }

  void subresources(Tree subresources, FieldPath path) {
    if (!(subresources.get("scale") instanceof Tree scale)) {
      return;
    }
    replicasPath(scale.string("specReplicasPath"), ".spec.", path.child("scale.specReplicasPath"));
    replicasPath(scale.string("statusReplicasPath"), ".status.", path.child("scale.statusReplicasPath"));
    String selector = scale.string("labelSelectorPath");
    FieldPath selectorPath = path.child("scale.labelSelectorPath");
    if (!selector.isEmpty() && isSimplePath(selector, selectorPath) && !selector.startsWith(".spec.") && !selector.startsWith(".status.")) {
      errors.invalid(selectorPath, selector, "should be a json path under either .spec or .status");
    }
  }

  private void replicasPath(String value, String parent, FieldPath path) {
    if (value.isEmpty()) {
      errors.required(path, "");
    } else if (isSimplePath(value, path) && !value.startsWith(parent)) {
      errors.invalid(path, value, "should be a json path under " + parent.substring(0, parent.length() - 1));
    }
  }

  private boolean isSimplePath(String value, FieldPath path) {
    if (value.startsWith(".")) {
      return true;
    }
    errors.invalid(path, value, "must be a simple json path starting with .");
    return false;
  }

  void columns(List<Tree> columns, FieldPath path) {
    for (int i = 0; i < columns.size(); i++) {
      Tree column = columns.get(i);
      FieldPath at = path.index(i);
      if (column.string("name").isEmpty()) {
        errors.required(at.child("name"), "");
      }
      String types = "must be one of " + String.join(",", COLUMN_TYPES);
      if (column.string("type").isEmpty()) {
        errors.required(at.child("type"), types);
      } else if (!COLUMN_TYPES.contains(column.string("type"))) {
        errors.invalid(at.child("type"), column.string("type"), types);
      }
      String format = column.string("format");
      if (!format.isEmpty() && !COLUMN_FORMATS.contains(format)) {
        errors.invalid(at.child("format"), format, "must be one of " + String.join(",", COLUMN_FORMATS));
      }
      if (column.string("jsonPath").isEmpty()) {
        errors.required(at.child("JSONPath"), "");
      } else {
        isSimplePath(column.string("jsonPath"), at.child("JSONPath"));
      }
    }
  }

  void selectable(Tree version, FieldPath path) {
    List<Tree> fields = version.trees("selectableFields");
    if (!fields.isEmpty() && version.tree("schema").get("openAPIV3Schema") == null) {
      errors.invalid(path, "", "may only be set when `version.schema.openAPIV3Schema` is not included"); // sic
      return;
    }
    Set<String> unique = new TreeSet<>();
    for (int i = 0; i < fields.size(); i++) {
      String jsonPath = fields.get(i).string("jsonPath");
      FieldPath at = path.index(i).child("jsonPath");
      if (jsonPath.isEmpty()) {
        errors.required(at, "");
        continue;
      }
      SchemaPaths.Found found = SchemaPaths.find(version.at("schema", "openAPIV3Schema"), jsonPath, false);
      if (found.problem() != null) {
        errors.invalid(at, jsonPath, "is an invalid path: " + found.problem());
        continue;
      }
      if (found.path().equals("metadata") || found.path().startsWith("metadata.")) {
        errors.invalid(at, jsonPath, "must not point to fields in metadata");
      }
      if (!List.of("string", "boolean", "integer").contains(found.schema().string("type"))) {
        errors.invalid(
            at,
            jsonPath,
            "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.");
      }
      if (!unique.add(found.path())) {
        errors.duplicate(at, jsonPath);
      }
    }
    if (unique.size() > MAX_SELECTABLE) {
      errors.tooMany(path, unique.size(), MAX_SELECTABLE);
    }
  }
}
