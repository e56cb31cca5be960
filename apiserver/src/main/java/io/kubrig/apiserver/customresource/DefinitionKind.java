package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** CustomResourceDefinitions. (Source: apiextensions-apiserver/pkg/registry/customresourcedefinition.) */
public final class DefinitionKind implements Kind {
  static final String CLEANUP = "customresourcecleanup.apiextensions.k8s.io";
  private static final FieldPath SPEC = FieldPath.of("spec");

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    Tree names = spec.need("names");
    String kind = names.string("kind");
    if (names.string("singular").isEmpty() && !kind.isEmpty()) {
      names.set("singular", kind.toLowerCase(Locale.ROOT));
    }
    if (names.string("listKind").isEmpty() && !kind.isEmpty()) {
      names.set("listKind", kind + "List");
    }
    if (spec.get("conversion") == null) {
      spec.set("conversion", Tree.of("strategy", "None"));
    }
    if (spec.at("conversion", "webhook", "clientConfig").get("service") instanceof Tree service) {
      service.fill("port", 443L);
    }
    if (object.tree("status").list("storedVersions").isEmpty()) {
      addStoredVersion(object);
    }
  }

  private static void addStoredVersion(Tree object) {
    for (Tree version : object.tree("spec").trees("versions")) {
      if (version.bool("storage")) {
        List<Object> stored = object.need("status").needList("storedVersions");
        if (!stored.contains(version.string("name"))) {
          stored.add(version.string("name"));
        }
        return;
      }
    }
  }

  @Override
  public boolean hasStatus() {
    return true;
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
    addStoredVersion(object);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    addStoredVersion(object);
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    if (operation.verb() != Operation.Verb.CREATE) {
      return;
    }
    Tree spec = object.tree("spec");
    String wanted = spec.tree("names").string("plural") + "." + spec.string("group");
    for (String member : List.of("generateName", "name")) {
      String given = object.tree("metadata").string(member);
      if (!given.isEmpty() && !given.equals(wanted)) {
        errors.invalid(FieldPath.of("metadata", member), given, "must be spec.names.plural+\".\"+spec.group");
      }
    }
    new DefinitionRules(object, null, errors).check();
  }

  @Override
  public void validateMetadataUpdate(Tree object, Tree old, boolean namespaced, MetadataRepeat repeat, FieldErrors errors) {
    MetadataRules.checkUpdate(object, old, errors);
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    new DefinitionRules(object, old, errors).check();
    Tree spec = object.tree("spec");
    Tree before = old.tree("spec");
    if (Definition.isTrue(old, "Established")) {
      MetadataRules.immutable(spec.string("scope"), before.string("scope"), SPEC.child("scope"), errors);
      MetadataRules.immutable(spec.tree("names").string("kind"), before.tree("names").string("kind"), SPEC.child("names", "kind"), errors);
    }
    MetadataRules.immutable(spec.string("group"), before.string("group"), SPEC.child("group"), errors);
    MetadataRules.immutable(spec.tree("names").string("plural"), before.tree("names").string("plural"), SPEC.child("names", "plural"),
        errors);
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    DefinitionNameRules.check(object.at("status", "acceptedNames"), FieldPath.of("status", "acceptedNames"), errors);
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    List<String> warnings = new ArrayList<>();
    List<String> before = old == null ? List.of() : unknownFormats(old);
    unknownFormats(object).stream().filter(format -> !before.contains(format))
        .forEach(format -> warnings.add("unrecognized format \"" + format + "\""));
    Set<String> sets = new TreeSet<>(structuredSets(object));
    if (old != null) {
      sets.removeAll(structuredSets(old));
    }
    warnings.addAll(sets);
    return warnings;
  }

  private static List<String> unknownFormats(Tree object) {
    List<String> unknown = new ArrayList<>();
    SchemaWalk.all(
        object,
        schema -> {
          String format = schema.string("format");
          if (!format.isEmpty() && Formats.supported(format, schema.string("type")).isEmpty() && !unknown.contains(format)) {
            unknown.add(format);
          }
        });
    return unknown;
  }

  private static List<String> structuredSets(Tree object) {
    List<String> found = new ArrayList<>();
    SchemaWalk.all(
        object,
        schema -> {
          String type = schema.tree("items").string("type");
          if (schema.string("x-kubernetes-list-type").equals("set") && (type.equals("object") || type.equals("array"))) {
            found.add("x-kubernetes-list-type: set for items of type \"" + type
                + "\" is not supported by server-side apply or CEL validation rules");
          }
        });
    return found;
  }

  /** The first deletion only marks: the objects go first. */
  @Override
  public boolean goesInTwoSteps() {
    return true;
  }

  @Override
  public void beginDeletion(Tree object, Tree options, Instant now) {
    Tree metadata = object.need("metadata");
    metadata.set("deletionTimestamp", Timestamps.format(now));
    List<Object> finalizers = metadata.needList("finalizers");
    if (!finalizers.contains(CLEANUP)) {
      finalizers.add(CLEANUP);
    }
    setCondition(
        object,
        "Terminating",
        "True",
        "InstanceDeletionPending",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        now);
  }

  /** Sets a condition; its time moves when its status does. */
  static void setCondition(Tree object, String type, String status, String reason, String message, Instant now) {
    Tree conditionHolder = object.need("status");
    if (conditionHolder.get("conditions") == null) {
      conditionHolder.remove("conditions");
    }
    List<Object> conditions = conditionHolder.needList("conditions");
    Tree condition =
        Definition.condition(object, type)
            .orElseGet(
                () -> {
                  Tree added = Tree.of("type", type, "status", "", "lastTransitionTime", Timestamps.format(now));
                  conditions.add(added);
                  return added;
                });
    if (!condition.string("status").equals(status)) {
      condition.set("status", status);
      condition.set("lastTransitionTime", Timestamps.format(now));
    }
    condition.set("reason", reason);
    condition.set("message", message);
  }
}
