package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.StructuralDecoder;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The kind of the objects that one definition defines. (Source: apiextensions-apiserver/pkg/registry/customresource.) */
final class CustomKind implements Kind {
  private static final Set<String> STANDARD_FINALIZERS = Set.of("orphan", "foregroundDeletion", "kubernetes");

  private final Definition definition;
  private final Schema objectMeta;
  private final Conversion conversion;
  private final Map<String, CustomVersion> versions = new HashMap<>();
  private final Map<String, JsonPath> selectable = new LinkedHashMap<>();

  CustomKind(Definition definition, Schema objectMeta, Conversion conversion) {
    this.definition = definition;
    this.objectMeta = objectMeta;
    this.conversion = conversion;
    definition.versions().forEach(version -> versions.put(version.name(), new CustomVersion(version)));
    for (String path : definition.storage().selectable()) {
      selectable.put(path.startsWith(".") ? path.substring(1) : path, JsonPath.parse(path));
    }
  }

  private CustomVersion version(Operation operation) {
    return versions.get(operation.version());
  }

  Map<String, Schema> schemas() {
    Map<String, Schema> schemas = new HashMap<>();
    versions.forEach((name, version) -> schemas.put(name, version.schema()));
    return schemas;
  }

  // ---- lifecycle -----------------------------------------------------------------------------------------------------

  @Override
  public boolean hasStatus() {
    return definition.versions().stream().anyMatch(Definition.Version::status);
  }

  @Override
  public boolean hasStatus(String version) {
    return versions.get(version).stated().status();
  }

  @Override
  public boolean hasSubresource(String version, String subresource) {
    Definition.Version stated = versions.get(version).stated();
    return switch (subresource) {
      case "status" -> stated.status();
      case "scale" -> stated.scale() != null;
      default -> false;
    };
  }

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public boolean sameDesiredState(Tree object, Tree old) {
    return withoutMetadata(object).equals(withoutMetadata(old));
  }

  private static Tree withoutMetadata(Tree object) {
    Tree rest = new Tree();
    for (String name : new TreeSet<>(object.names())) {
      if (!name.equals("metadata")) {
        rest.set(name, object.get(name));
      }
    }
    return rest;
  }

  @Override
  public boolean qualifiesFinalizers() {
    return false;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    if (definition.terminating()) {
      throw ApiException.forbidden(
          definition.group(),
          definition.names().plural(),
          object.tree("metadata").string("name"),
          "create not allowed while custom resource definition is terminating");
    }
  }

  @Override
  public void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {
    Tree metadata = old.tree("metadata").copy();
    Tree changed = object.tree("metadata");
    Lens.carry("managedFields", metadata, changed);
    object.set("metadata", metadata);
  }

  // ---- validation ----------------------------------------------------------------------------------------------------

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    if (operation.verb() != Operation.Verb.CREATE) {
      return; // an update is judged by what it changes
    }
    CustomVersion version = version(operation);
    version.validator().validate(object, FieldPath.NONE, errors);
    version.scale().ifPresent(scale -> scale.check(object, true, errors));
    EmbeddedRules.check(object, version.schema(), FieldPath.NONE, errors);
    ListRules.check(object, version.schema(), FieldPath.NONE, errors);
    version.checkRules(object, null, errors);
  }

  @Override
  public void validateMetadataUpdate(Tree object, Tree old, boolean namespaced, MetadataRepeat repeat, FieldErrors errors) {
    MetadataRules.checkUpdate(object, old, errors);
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    CustomVersion version = version(operation);
    version.validator().validateUpdate(object, old, FieldPath.NONE, errors);
    version.scale().ifPresent(scale -> scale.check(object, true, errors));
    EmbeddedRules.check(object, version.schema(), FieldPath.NONE, errors);
    lists(version, object, old, errors);
    version.checkRules(object, old, errors);
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    CustomVersion version = version(operation);
    if (object.has("status")) {
      version.statusValidator().validateUpdate(object.get("status"), old.get("status"), FieldPath.of("status"), errors);
    }
    version.scale().ifPresent(scale -> scale.check(object, false, errors));
    lists(version, object, old, errors);
    version.checkRules(object, old, errors);
  }

  /** Repetitions are tolerated where there have been some. */
  private static void lists(CustomVersion version, Tree object, Tree old, FieldErrors errors) {
    FieldErrors before = new FieldErrors();
    ListRules.check(old, version.schema(), FieldPath.NONE, before);
    if (before.isEmpty()) {
      ListRules.check(object, version.schema(), FieldPath.NONE, errors);
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    Set<String> added = new TreeSet<>(object.tree("metadata").strings("finalizers"));
    if (old != null) {
      old.tree("metadata").strings("finalizers").forEach(added::remove);
    }
    List<String> warnings = new ArrayList<>();
    for (String finalizer : added) {
      String subject = "metadata.finalizers: \"" + finalizer + "\": ";
      Names.qualifiedName(finalizer).forEach(text -> warnings.add(subject + text));
      if (!finalizer.contains("/") && !STANDARD_FINALIZERS.contains(finalizer)) {
        String path = finalizer.contains(".") ? "including a path (/) " : "";
        warnings.add(
            subject + "prefer a domain-qualified finalizer name " + path + "to avoid accidental conflicts with other finalizer writers");
      }
    }
    return warnings;
  }

  // ---- what is seen --------------------------------------------------------------------------------------------------

  @Override
  public boolean readsAsStored(String version) {
    Schema schema = versions.get(version).schema();
    return schema.preserveUnknownFields() && schema.fields().isEmpty() && versions.size() == 1;
  }

  @Override
  public Tree convert(Tree object, String from, String to) {
    // the object itself says what it is: it may have been stored in what was the storage version then
    return normal(object.string("apiVersion", from).equals(to) ? object : conversion.convert(object, to), to);
  }

  @Override
  public List<Tree> convertAll(List<Tree> objects, String from, String to) {
    return conversion.convertAll(objects, to).stream().map(object -> normal(object, to)).toList();
  }

  private Tree normal(Tree object, String apiVersion) {
    CustomVersion target = versions.get(apiVersion.substring(apiVersion.lastIndexOf('/') + 1));
    return new StructuralDecoder(target.schema(), objectMeta, true).normalise(object);
  }

  @Override
  public TableColumns columns(String version) {
    return versions.get(version).columns();
  }

  @Override
  public Optional<Lens> lens(String subresource) {
    if (!subresource.equals("scale")) {
      return Optional.empty();
    }
    return definition.versions().stream().map(Definition.Version::scale).filter(scale -> scale != null).findFirst().map(CustomScale::new);
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    Map<String, String> fields = new HashMap<>();
    selectable.forEach((name, path) -> fields.put(name, path.first(object).map(JsonPath::text).orElse("")));
    return fields;
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return selectable.keySet();
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public Optional<String> deprecation(String version) {
    Definition.Version stated = versions.get(version).stated();
    if (!stated.deprecated()) {
      return Optional.empty();
    }
    String own = stated.deprecationWarning();
    return Optional.of(own.isEmpty()
        ? definition.group() + "/" + version + " " + definition.names().kind() + " is deprecated" + replacement(version) : own);
  }

  /** The newest version that is served, not deprecated and at least as stable. */
  private String replacement(String version) {
    return definition.served().stream()
        .filter(other -> !other.deprecated())
        .map(Definition.Version::name)
        .filter(other -> io.kubrig.apiserver.discovery.VersionOrder.NEWEST.compare(other, version) < 0)
        .min(io.kubrig.apiserver.discovery.VersionOrder.NEWEST)
        .map(other -> "; use " + definition.group() + "/" + other + " " + definition.names().kind())
        .orElse("");
  }
}
