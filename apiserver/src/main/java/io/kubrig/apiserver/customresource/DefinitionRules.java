package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a definition must look like. Native checks its internal form, in which schema, subresources, columns and selectable fields that are the same in
 * all versions stand at the top of the spec; paths in messages show it. (Source: apiextensions-apiserver/pkg/apis/apiextensions/validation.)
 */
final class DefinitionRules {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final List<String> COLUMN_TYPES = List.of("boolean", "date", "integer", "number", "string");
  private static final List<String> COLUMN_FORMATS = List.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");
  private static final String APPROVAL = "api-approved.kubernetes.io";
  private static final int MAX_SELECTABLE = 8;
  private static final int MAX_WARNING = 256;

  private final Tree object;
  private final Tree old;
  private final Tree spec;
  private final List<Tree> versions;
  private final FieldErrors errors;
  private final boolean sameSchema;
  private final boolean sameSubresources;
  private final boolean sameColumns;
  private final boolean sameSelectable;

  /** @param old null for a new definition */
  DefinitionRules(Tree object, Tree old, FieldErrors errors) {
    this.object = object;
    this.old = old;
    this.errors = errors;
    spec = object.tree("spec");
    versions = spec.trees("versions");
    sameSchema = same("schema");
    sameSubresources = same("subresources");
    sameColumns = same("additionalPrinterColumns");
    sameSelectable = same("selectableFields");
  }

  private boolean same(String member) {
    return versions.stream().map(version -> version.get(member)).distinct().count() <= 1;
  }

  void check() {
    group();
    scope();
    schemasPresent();
    versions();
    lifted();
    requiredNames();
    names(spec.tree("names"), SPEC.child("names"), errors);
    conversion();
    names(object.at("status", "acceptedNames"), STATUS.child("acceptedNames"), errors);
    storedVersions();
    approval();
    if (spec.bool("preserveUnknownFields") && (old == null || !old.tree("spec").bool("preserveUnknownFields"))) {
      errors.invalid(
          SPEC.child("preserveUnknownFields"),
          true,
          "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
    }
  }

  private void group() {
    String group = spec.string("group");
    FieldPath path = SPEC.child("group");
    List<String> wrong = Names.dnsSubdomain(group);
    if (group.isEmpty()) {
      errors.required(path, "");
    } else if (!wrong.isEmpty()) {
      errors.invalid(path, group, String.join(",", wrong));
    } else if (!group.contains(".")) {
      errors.invalid(path, group, "should be a domain with at least one dot");
    }
  }

  private void scope() {
    oneOf(SPEC.child("scope"), spec.string("scope"), List.of("Cluster", "Namespaced"));
  }

  private void oneOf(FieldPath path, String value, List<String> accepted) {
    if (value.isEmpty()) {
      errors.required(path, "");
    } else if (!accepted.contains(value)) {
      errors.notSupported(path, value, accepted);
    }
  }

  private void schemasPresent() {
    boolean top = sameSchema && !versions.isEmpty() && hasSchema(versions.getFirst());
    for (int i = 0; i < versions.size() && !top; i++) {
      if (!hasSchema(versions.get(i))) {
        errors.required(SPEC.child("versions").index(i).child("schema", "openAPIV3Schema"), "");
      }
    }
  }

  private static boolean hasSchema(Tree version) {
    return version.tree("schema").get("openAPIV3Schema") != null;
  }

  private void versions() {
    long storage = 0;
    Set<String> seen = new HashSet<>();
    boolean unique = true;
    for (int i = 0; i < versions.size(); i++) {
      Tree version = versions.get(i);
      FieldPath path = SPEC.child("versions").index(i);
      storage += version.bool("storage") ? 1 : 0;
      unique &= seen.add(version.string("name"));
      List<String> wrong = Names.dns1035Label(version.string("name"));
      if (!wrong.isEmpty()) {
        errors.invalid(path.child("name"), version.string("name"), String.join(",", wrong));
        if (i == 0 && !version.string("name").isEmpty()) {
          errors.invalid(SPEC.child("version"), version.string("name"), String.join(",", wrong));
        }
      }
      deprecation(version, path.child("deprecationWarning"));
      if (!sameSchema) {
        schema(version, path.child("schema"));
      }
      if (!sameSubresources) {
        subresources(version.tree("subresources"), path.child("subresources"));
      }
      if (!sameColumns) {
        columns(version.trees("additionalPrinterColumns"), path.child("additionalPrinterColumns"));
      }
      if (!sameSelectable) {
        selectable(version, path.child("selectableFields"));
      }
    }
    if (!unique) {
      errors.invalid(SPEC.child("versions"), internalVersions(), "must contain unique version names");
    }
    if (storage != 1) {
      errors.invalid(SPEC.child("versions"), internalVersions(), "must have exactly one version marked as storage version");
    }
  }

  /** The versions as native prints them: its internal form in JSON. */
  private Object internalVersions() {
    List<Object> list = new ArrayList<>();
    for (Tree version : versions) {
      list.add(
          new OrderedText(
              "{\"Name\":" + FieldErrors.quoted(version.string("name"))
                  + ",\"Served\":" + version.bool("served")
                  + ",\"Storage\":" + version.bool("storage")
                  + ",\"Deprecated\":" + version.bool("deprecated")
                  + ",\"DeprecationWarning\":" + text(version.get("deprecationWarning"))
                  + ",\"Schema\":" + (sameSchema ? "null" : text(version.get("schema")))
                  + ",\"Subresources\":" + (sameSubresources ? "null" : text(version.get("subresources")))
                  + ",\"AdditionalPrinterColumns\":" + (sameColumns ? "null" : text(version.get("additionalPrinterColumns")))
                  + ",\"SelectableFields\":" + (sameSelectable ? "null" : text(version.get("selectableFields")))
                  + "}"));
    }
    return list;
  }

  private static String text(Object value) {
    return value == null ? "null" : io.kubrig.machinery.json.Json.text(value);
  }

  /** A value whose text in messages is given. */
  private record OrderedText(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /** What all versions have in common. */
  private void lifted() {
    if (versions.isEmpty()) {
      return;
    }
    Tree first = versions.getFirst();
    if (sameSchema) {
      schema(first, SPEC.child("validation"));
    }
    if (sameSubresources) {
      subresources(first.tree("subresources"), SPEC.child("subresources"));
    }
    if (sameColumns) {
      columns(first.trees("additionalPrinterColumns"), SPEC.child("additionalPrinterColumns"));
    }
    if (sameSelectable) {
      selectable(first, SPEC.child("selectableFields"));
    }
  }

  private void deprecation(Tree version, FieldPath path) {
    if (!(version.get("deprecationWarning") instanceof String warning)) {
      return;
    }
    if (!version.bool("deprecated")) {
      errors.invalid(path, warning, "can only be set for deprecated versions");
    }
    if (warning.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_WARNING) {
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

  private void schema(Tree version, FieldPath path) {
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

  private void subresources(Tree subresources, FieldPath path) {
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

  private void columns(List<Tree> columns, FieldPath path) {
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

  private void selectable(Tree version, FieldPath path) {
    List<Tree> fields = version.trees("selectableFields");
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

  private void requiredNames() {
    for (String name : List.of("plural", "singular", "kind", "listKind")) {
      if (spec.tree("names").string(name).isEmpty()) {
        errors.required(SPEC.child("names", name), "");
      }
    }
  }

  static void names(Tree names, FieldPath path, FieldErrors errors) {
    for (String name : List.of("plural", "singular")) {
      label(names.string(name), path.child(name), errors);
    }
    for (String name : List.of("kind", "listKind")) {
      String value = names.string(name);
      List<String> wrong = value.isEmpty() ? List.of() : Names.dns1035Label(value.toLowerCase(Locale.ROOT));
      if (!wrong.isEmpty()) {
        errors.invalid(path.child(name), value, "may have mixed case, but should otherwise match: " + String.join(",", wrong));
      }
    }
    String kind = names.string("kind");
    if (!kind.isEmpty() && kind.equals(names.string("listKind"))) {
      errors.invalid(path.child("listKind"), kind, "kind and listKind may not be the same");
    }
    for (String list : List.of("shortNames", "categories")) {
      List<String> values = names.strings(list);
      for (int i = 0; i < values.size(); i++) {
        List<String> wrong = Names.dns1035Label(values.get(i));
        if (!wrong.isEmpty()) {
          errors.invalid(path.child(list).index(i), values.get(i), String.join(",", wrong));
        }
      }
    }
  }

  private static void label(String value, FieldPath path, FieldErrors errors) {
    List<String> wrong = value.isEmpty() ? List.of() : Names.dns1035Label(value);
    if (!wrong.isEmpty()) {
      errors.invalid(path, value, String.join(",", wrong));
    }
  }

  private void conversion() {
    if (!(spec.get("conversion") instanceof Tree conversion)) {
      return;
    }
    FieldPath path = SPEC.child("conversion");
    String strategy = conversion.string("strategy");
    oneOf(path.child("strategy"), strategy, List.of("None", "Webhook"));
    Tree webhook = conversion.tree("webhook");
    FieldPath config = path.child("webhookClientConfig");
    List<String> reviews = webhook.strings("conversionReviewVersions");
    if (!strategy.equals("Webhook")) {
      if (webhook.get("clientConfig") != null) {
        errors.forbidden(config, "should not be set when strategy is not set to Webhook");
      }
      if (!reviews.isEmpty()) {
        errors.forbidden(path.child("conversionReviewVersions"), "should not be set when strategy is not set to Webhook");
      }
      return;
    }
    if (!(webhook.get("clientConfig") instanceof Tree client)) {
      errors.required(config, "required when strategy is set to Webhook");
    } else if ((client.get("url") == null) == (client.get("service") == null)) {
      errors.required(config, "exactly one of url or service is required");
    } else if (client.get("url") != null) {
      url(client.string("url"), config.child("url"));
    } else {
      service(client.tree("service"), config.child("service"));
    }
    reviewVersions(reviews, path.child("conversionReviewVersions"));
  }

  private void url(String text, FieldPath path) {
    String desired = "; desired format: https://host[/path]";
    try {
      URI uri = new URI(text);
      if (!"https".equals(uri.getScheme())) {
        errors.invalid(path, uri.getScheme() == null ? "" : uri.getScheme(), "'https' is the only allowed URL scheme" + desired);
      }
      if (uri.getHost() == null) {
        errors.invalid(path, "", "host must be specified" + desired);
      }
      if (uri.getUserInfo() != null) {
        errors.invalid(path, uri.getUserInfo(), "user information is not permitted in the URL");
      }
      if (uri.getFragment() != null) {
        errors.invalid(path, uri.getFragment(), "fragments are not permitted in the URL");
      }
      if (uri.getQuery() != null) {
        errors.invalid(path, uri.getQuery(), "query parameters are not permitted in the URL");
      }
    } catch (URISyntaxException e) {
      errors.required(path, "url must be a valid URL: " + e.getMessage() + desired);
    }
  }

  private void service(Tree service, FieldPath path) {
    for (String name : List.of("name", "namespace")) {
      if (service.string(name).isEmpty()) {
        errors.required(path.child(name), "service " + name + " is required");
      }
    }
    long port = service.integer("port", 443);
    if (port < 1 || port > 65535) {
      errors.invalid(path.child("port"), port, "port is not valid: must be between 1 and 65535, inclusive");
    }
  }

  private void reviewVersions(List<String> reviews, FieldPath path) {
    if (reviews.isEmpty()) {
      errors.required(path, "");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < reviews.size(); i++) {
      String review = reviews.get(i);
      if (!seen.add(review)) {
        errors.invalid(path.index(i), review, "duplicate version");
        continue;
      }
      for (String wrong : Names.dns1035Label(review)) {
        errors.invalid(path.index(i), review, wrong);
      }
    }
    if (!seen.contains("v1") && !seen.contains("v1beta1")) {
      errors.invalid(path, new ArrayList<Object>(reviews), "must include at least one of v1, v1beta1");
    }
  }

  private void storedVersions() {
    List<String> stored = object.tree("status").strings("storedVersions");
    FieldPath path = STATUS.child("storedVersions");
    if (stored.isEmpty()) {
      errors.invalid(path, null, "must have at least one stored version");
      return;
    }
    for (Tree version : versions) {
      if (version.bool("storage") && !stored.contains(version.string("name"))) {
        errors.invalid(path, new ArrayList<Object>(stored), "must have the storage version " + version.string("name"));
      }
    }
    for (int i = 0; i < stored.size(); i++) {
      String name = stored.get(i);
      if (versions.stream().noneMatch(version -> version.string("name").equals(name))) {
        errors.invalid(
            path.index(i),
            name,
            "missing from spec.versions; " + name + " was previously a storage version, and must remain in spec.versions until a storage migration"
                + " ensures no data remains persisted in " + name + " and removes " + name + " from status.storedVersions");
      }
    }
  }

  // ---- groups of the community ---------------------------------------------------------------------------------------

  private enum Approval {
    APPROVED,
    BYPASSED,
    MISSING,
    INVALID
  }

  private void approval() {
    String group = spec.string("group");
    if (!group.equals("k8s.io") && !group.endsWith(".k8s.io") && !group.equals("kubernetes.io") && !group.endsWith(".kubernetes.io")) {
      return;
    }
    String stated = object.at("metadata", "annotations").string(APPROVAL);
    Approval state = approval(stated);
    if (old != null && approval(old.at("metadata", "annotations").string(APPROVAL)) == state) {
      return;
    }
    FieldPath path = FieldPath.of("metadata", "annotations").key(APPROVAL);
    if (state == Approval.INVALID) {
      errors.invalid(
          path,
          stated,
          "protected groups must have approval annotation \"" + APPROVAL + "\" with either a URL or a reason starting with \"unapproved\", see"
              + " https://github.com/kubernetes/enhancements/pull/1111");
    } else if (state == Approval.MISSING) {
      errors.required(
          path, "protected groups must have approval annotation \"" + APPROVAL + "\", see https://github.com/kubernetes/enhancements/pull/1111");
    }
  }

  private static Approval approval(String stated) {
    if (stated.isEmpty()) {
      return Approval.MISSING;
    }
    if (stated.startsWith("unapproved")) {
      return Approval.BYPASSED;
    }
    try {
      URI uri = new URI(stated);
      return uri.getHost() != null && uri.getScheme() != null ? Approval.APPROVED : Approval.INVALID;
    } catch (URISyntaxException e) {
      return Approval.INVALID;
    }
  }
}
