package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a definition must look like. Native checks its internal form, in which schema, subresources, columns and selectable fields that are
 * the same in all versions stand at the top of the spec; paths in messages show it. (Source:
 * apiextensions-apiserver/pkg/apis/apiextensions/validation.)
 */
final class DefinitionRules {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");

  private final Tree object;
  private final Tree old;
  private final Tree spec;
  private final List<Tree> versions;
  private final FieldErrors errors;
  private final DefinitionVersionRules rules;
  private final boolean sameSchema;
  private final boolean sameSubresources;
  private final boolean sameColumns;
  private final boolean sameSelectable;

  /** @param old null for a new definition */
  DefinitionRules(Tree object, Tree old, FieldErrors errors) {
    this.object = object;
    this.old = old;
    this.errors = errors;
    rules = new DefinitionVersionRules(old, errors);
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
    preservation();
    versions();
    requiredNames();
    DefinitionNameRules.check(spec.tree("names"), SPEC.child("names"), errors);
    lifted();
    if (spec.get("conversion") instanceof Tree conversion) {
      ConversionRules.check(conversion, SPEC.child("conversion"), errors);
    }
    DefinitionNameRules.check(object.at("status", "acceptedNames"), STATUS.child("acceptedNames"), errors);
    storedVersions();
    GroupApproval.check(object, old, errors);
    if (spec.bool("preserveUnknownFields") && (old == null || !old.tree("spec").bool("preserveUnknownFields"))) {
      errors.invalid(
          SPEC.child("preserveUnknownFields"),
          true,
          "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
    }
  }

  /** What cannot be together with fields that nobody prunes. */
  private void preservation() {
    if (!spec.bool("preserveUnknownFields")) {
      return;
    }
    if (versions.stream().anyMatch(version -> hasDefaults(version.at("schema", "openAPIV3Schema")))) {
      errors.invalid(SPEC.child("preserveUnknownFields"), true, "must be false in order to use defaults in the schema");
    }
    String strategy = spec.tree("conversion").string("strategy");
    if (spec.get("conversion") != null && !strategy.equals("None")) {
      errors.invalid(SPEC.child("conversion", "strategy"), strategy, "must be None if spec.preserveUnknownFields is true");
    }
  }

  private static boolean hasDefaults(Tree schema) {
    return schema.get("default") != null || SchemaRules.parts(schema).anyMatch(DefinitionRules::hasDefaults);
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
    oneOf(SPEC.child("scope"), spec.string("scope"), List.of("Cluster", "Namespaced"), errors);
  }

  static void oneOf(FieldPath path, String value, List<String> accepted, FieldErrors errors) {
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
      rules.deprecation(version, path.child("deprecationWarning"));
      if (!sameSchema) {
        rules.schema(version, path.child("schema"));
      }
      if (!sameSubresources) {
        rules.subresources(version.tree("subresources"), path.child("subresources"));
      }
      if (!sameColumns) {
        rules.columns(version.trees("additionalPrinterColumns"), path.child("additionalPrinterColumns"));
      }
      if (!sameSelectable) {
        rules.selectable(version, path.child("selectableFields"));
      }
    }
    if (!unique) {
      errors.invalid(SPEC.child("versions"), internalVersions(), "must contain unique version names");
    }
    if (storage != 1) {
      errors.invalid(SPEC.child("versions"), internalVersions(), "must have exactly one version marked as storage version");
    }
  }

  /** The versions as native prints them: without what it has lifted out of all of them. */
  private Object internalVersions() {
    if (versions.isEmpty()) {
      return null;
    }
    List<Object> left = new ArrayList<>();
    for (Tree version : versions) {
      Tree copy = version.openCopy();
      lift(copy, "schema", sameSchema);
      lift(copy, "subresources", sameSubresources);
      lift(copy, "additionalPrinterColumns", sameColumns);
      lift(copy, "selectableFields", sameSelectable);
      left.add(copy);
    }
    return InternalForm.of("apiextensions.CustomResourceDefinitionVersion", left);
  }

  private static void lift(Tree version, String member, boolean lifted) {
    if (lifted) {
      version.remove(member);
    }
  }

  /** What all versions have in common. */
  private void lifted() {
    if (versions.isEmpty()) {
      return;
    }
    Tree first = versions.getFirst();
    if (sameSchema) {
      rules.schema(first, SPEC.child("validation"));
    }
    if (sameSubresources) {
      rules.subresources(first.tree("subresources"), SPEC.child("subresources"));
    }
    if (sameColumns) {
      rules.columns(first.trees("additionalPrinterColumns"), SPEC.child("additionalPrinterColumns"));
    }
    if (sameSelectable) {
      rules.selectable(first, SPEC.child("selectableFields"));
    }
  }

  private void requiredNames() {
    for (String name : List.of("plural", "singular", "kind", "listKind")) {
      if (spec.tree("names").string(name).isEmpty()) {
        errors.required(SPEC.child("names", name), "");
      }
    }
  }

  private void storedVersions() {
    List<String> stored = object.tree("status").strings("storedVersions");
    FieldPath path = STATUS.child("storedVersions");
    if (stored.isEmpty()) {
      errors.invalid(path, null, "must have at least one stored version");
      return;
    }
    List<String> left = new ArrayList<>(stored); // each stored version is that of one version only
    for (Tree version : versions) {
      if (version.bool("storage") && !left.contains(version.string("name"))) {
        errors.invalid(path, new ArrayList<Object>(stored), "must have the storage version " + version.string("name"));
      }
      left.remove(version.string("name"));
    }
    for (int i = 0; i < stored.size(); i++) {
      String name = stored.get(i);
      if (versions.stream().noneMatch(version -> version.string("name").equals(name))) {
        errors.invalid(
            path.index(i),
            name,
            "missing from spec.versions; " + name
                + " was previously a storage version, and must remain in spec.versions until a storage migration"
                + " ensures no data remains persisted in " + name + " and removes " + name + " from status.storedVersions");
      }
    }
  }
}
