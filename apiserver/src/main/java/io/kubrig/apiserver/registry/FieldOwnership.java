package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.fieldmanager.FieldConflictException;
import io.kubrig.machinery.fieldmanager.FieldManager;
import io.kubrig.machinery.fieldmanager.FieldManagerException;
import io.kubrig.machinery.fieldmanager.FieldSet;
import io.kubrig.machinery.fieldmanager.ScaleFields;
import io.kubrig.machinery.fieldmanager.Versions;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ownership by field managers, one per version and subresource of a resource. */
public final class FieldOwnership implements Ownership {
  /** What an update of the status may not touch, by resource, where it is more than the spec. (Source: the status strategies of native.) */
  private static final Map<String, Set<String>> STATUS_RESETS =
      Map.of(
          "deployments.apps", Set.of("metadata.labels"),
          "pods", Set.of("metadata.deletionTimestamp", "metadata.ownerReferences"));

  private final SchemaCatalog schemas;
  private final Schema objectMeta;
  private final PerResource<Map<String, FieldManager>> managers = new PerResource<>();

  public FieldOwnership(SchemaCatalog schemas) {
    this.schemas = schemas;
    objectMeta = schemas.definition("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta").orElseThrow();
  }

  @Override
  public Tree updated(Operation operation, Tree old, Tree object, Lens lens) {
    FieldManager manager = manager(operation, lens);
    String name = operation.options().fieldManager();
    if (lens.viewKind().isEmpty()) {
      return manager.update(old, object, name, operation.now());
    }
    Lens owned = owned(operation, lens);
    Tree view = manager.update(owned.view(old), lens.view(object), name, operation.now());
    return withEntries(object, scaleFields(operation).toWorkload(entries(old), entries(view)));
  }

  @Override
  public Tree applied(Operation operation, Tree current, Tree intent, Lens lens) {
    try {
      Operation.Options options = operation.options();
      return manager(operation, lens).apply(current, intent, options.fieldManager(), options.force(), operation.now());
    } catch (FieldConflictException e) {
      throw conflict(e);
    } catch (FieldManagerException e) {
      throw e.isBadRequest() ? ApiException.badRequest(e.getMessage()) : new ApiException(500, "", e.getMessage(), Tree.empty());
    }
  }

  private static ApiException conflict(FieldConflictException conflict) {
    List<Object> causes = new ArrayList<>();
    for (FieldConflictException.Conflict one : conflict.conflicts()) {
      causes.add(Tree.of("reason", "FieldManagerConflict", "message", one.message(), "field", one.path()));
    }
    return new ApiException(409, "Conflict", conflict.getMessage(), Tree.of("causes", causes));
  }

  /**
   * A lens whose views carry the entries of the object that are about the view, and take them back: a scale shares ownership of its
   * replicas.
   */
  @Override
  public Lens owned(Operation operation, Lens lens) {
    if (lens.viewKind().isEmpty()) {
      return lens;
    }
    ScaleFields scale = scaleFields(operation);
    return new Lens() {
      @Override
      public Optional<GroupVersionKind> viewKind() {
        return lens.viewKind();
      }

      @Override
      public Tree view(Tree object) {
        return withEntries(lens.view(object), scale.toScale(entries(object)));
      }

      @Override
      public Tree put(Tree object, Tree view) {
        List<Object> before = entries(object);
        return withEntries(lens.put(object, view), scale.toWorkload(before, entries(view)));
      }

      @Override
      public void prepare(Tree object, Tree old, Operation inner) {
        lens.prepare(object, old, inner);
      }

      @Override
      public void validate(Tree object, Tree old, io.kubrig.apiserver.status.FieldErrors errors, Operation inner) {
        lens.validate(object, old, errors, inner);
      }
    };
  }

  private static ScaleFields scaleFields(Operation operation) {
    Resource resource = operation.resource();
    Map<String, String> replicas = new HashMap<>();
    resource.versions().forEach(version -> replicas.put(resource.apiVersion(version), "spec.replicas"));
    return new ScaleFields(resource.apiVersion(operation.version()), replicas);
  }

  private static List<Object> entries(Tree object) {
    return object.tree("metadata").list("managedFields");
  }

  private static Tree withEntries(Tree object, List<Object> entries) {
    if (entries.isEmpty()) {
      object.need("metadata").remove("managedFields");
    } else {
      object.need("metadata").set("managedFields", entries);
    }
    return object;
  }

  // ---- managers ------------------------------------------------------------------------------------------------------

  private FieldManager manager(Operation operation, Lens lens) {
    Map<String, FieldManager> ofResource = managers.of(operation.resource(), ConcurrentHashMap::new);
    String path = operation.version() + "/" + operation.subresource();
    FieldManager known = ofResource.get(path);
    return known != null ? known : ofResource.computeIfAbsent(path, key -> make(operation, lens));
  }

  private FieldManager make(Operation operation, Lens lens) {
    if (lens.viewKind().isPresent()) {
      GroupVersionKind view = lens.viewKind().get();
      Versions versions = Versions.single(view.apiVersion(), schemas.kind(view).orElseThrow());
      return FieldManager.builtIn(view, operation.subresource(), versions, Map.of());
    }
    Resource resource = operation.resource();
    GroupVersionKind kind = resource.gvk(operation.version());
    Map<String, Schema> byVersion = new HashMap<>();
    resource
        .schemas()
        .forEach((version, schema) ->
            byVersion.put(resource.apiVersion(version), resource.custom() ? FieldManager.customSchema(schema, objectMeta) : schema));
    Versions versions = versions(byVersion, resource.behaviour());
    Map<String, FieldSet> resets = new HashMap<>();
    for (String version : resource.schemas().keySet()) {
      Set<String> paths = resets(resource, version, operation.subresource());
      resets.put(resource.apiVersion(version), FieldSet.of(paths.toArray(String[]::new)));
    }
    return resource.custom()
        ? FieldManager.custom(kind, operation.subresource(), versions, resets)
        : FieldManager.builtIn(kind, operation.subresource(), versions, resets);
  }

  private static Set<String> resets(Resource resource, String version, String subresource) {
    Set<String> paths = new HashSet<>();
    if (subresource.isEmpty()) {
      paths.addAll(resource.behaviour().resetFields());
      if (resource.behaviour().hasStatus(version)) {
        paths.add("status");
      }
    } else if (subresource.equals("status")) {
      paths.add("spec");
      boolean metadata = resource.custom() || resource.behaviour().statusKeepsMetadata();
      paths.addAll(metadata ? Set.of("metadata") : STATUS_RESETS.getOrDefault(resource.qualifiedName(), Set.of()));
    } else if (subresource.equals("finalize")) {
      paths.add("status");
    }
    return paths;
  }

  /** Does not hold on to the resource, whose managers are kept only as long as it is. */
  private static Versions versions(Map<String, Schema> schemas, Kind behaviour) {
    return new Versions() {
      @Override
      public Optional<Schema> schema(String apiVersion) {
        return Optional.ofNullable(schemas.get(apiVersion));
      }

      @Override
      public Tree convert(Tree object, String apiVersion) {
        String from = object.string("apiVersion");
        return from.isEmpty() || from.equals(apiVersion) ? object : behaviour.convert(object.copy(), from, apiVersion);
      }
    };
  }
}
