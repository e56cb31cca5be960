package io.kubrig.apiserver.openapi;

import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.discovery.ServedVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.Descriptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Writes the documents of what is served. The definitions of built-in types are read when the first document is asked for; custom kinds
 * bring theirs.
 */
public final class OpenApiDocuments {
  private final SchemaCatalog catalog;
  private final Supplier<Descriptions> descriptions;
  private final RemoteDocuments remote;
  private final Map<GroupVersionKind, CustomDefinition> custom = new ConcurrentHashMap<>();
  private volatile Parts parts;

  private record Parts(BuiltInDefinitions definitions, ApiPaths paths) {}

  /** @param remote what aggregated servers say of their versions */
  public OpenApiDocuments(SchemaCatalog catalog, Supplier<Descriptions> descriptions, RemoteDocuments remote) {
    this.remote = remote;
    this.catalog = catalog;
    this.descriptions = descriptions;
  }

  /**
   * Makes a custom kind known, before it is served.
   *
   * @param schema its OpenAPI 3.0 schema as the definition of the custom resource states it; empty for one that publishes none
   * @param listKind the kind of its list
   * @param selectable paths of the fields by which its lists can be selected, with a leading dot
   */
  public void define(GroupVersionKind kind, String listKind, Tree schema, List<String> selectable) {
    CustomDefinition definition = new CustomDefinition(kind, listKind, schema, selectable);
    custom.put(kind, definition);
    custom.put(definition.list(), definition);
  }

  /** Forgets a custom kind that is no longer served. */
  public void forget(GroupVersionKind kind) {
    CustomDefinition definition = custom.remove(kind);
    if (definition != null) {
      custom.remove(definition.list());
    }
  }

  /** The names of the parts that version 3 publishes, each with what writes it. */
  public Map<String, Supplier<Tree>> parts(ServedApis.Snapshot served) {
    Map<String, Supplier<Tree>> written = new TreeMap<>();
    parts()
        .paths
        .parts(served)
        .forEach((name, paths) -> written.put(name, () -> part(served, name, paths.get())));
    remote.parts().forEach((name, document) -> written.putIfAbsent(name, () -> document));
    return written;
  }

  private Tree part(ServedApis.Snapshot served, String name, Map<String, List<Operation>> paths) {
    Tree document = DocumentV3.write(paths, this::definition, kindsOf(name));
    boolean isCustom =
        served.named().stream()
            .flatMap(group -> group.versions().stream())
            .anyMatch(version -> version.origin() == ServedVersion.Origin.CUSTOM && name.equals("apis/" + version.api().groupVersion()));
    return isCustom ? document.set("info", Tree.of("title", "Kubernetes CRD Swagger", "version", "v0.1.0")) : document;
  }

  /** All parts of version 3, written. */
  Map<String, Tree> version3(ServedApis.Snapshot served) {
    Map<String, Tree> written = new TreeMap<>();
    parts(served).forEach((name, part) -> written.put(name, part.get()));
    return written;
  }

  /** The document of version 2. */
  public Tree version2(ServedApis.Snapshot served) {
    Map<String, List<Operation>> paths = new LinkedHashMap<>();
    parts().paths.parts(served).values().forEach(part -> paths.putAll(part.get()));
    return remote.mergedInto(DocumentV2.write(paths, this::definition));
  }

  private Optional<Tree> definition(String name) {
    Optional<Tree> builtIn = parts().definitions.definition(name);
    return builtIn.isPresent()
        ? builtIn
        : custom.entrySet().stream()
            .filter(entry -> CustomDefinition.name(entry.getKey()).equals(name))
            .findFirst()
            .map(entry -> entry.getValue().render(entry.getKey()));
  }

  private String definitionName(GroupVersionKind kind) {
    return custom.containsKey(kind)
        ? CustomDefinition.name(kind)
        : catalog.kind(kind).orElseThrow(() -> new IllegalStateException("no schema for " + kind)).name();
  }

  /** A definition that stands for kinds of many groups names, in the document of one version, the core group's and that version's. */
  private static Predicate<GroupVersionKind> kindsOf(String part) {
    List<String> words = new ArrayList<>(List.of(part.split("/")));
    boolean named = words.size() == 3 && words.getFirst().equals("apis");
    return kind -> kind.group().isEmpty() || named && kind.group().equals(words.get(1)) && kind.version().equals(words.get(2));
  }

  private Parts parts() {
    Parts known = parts;
    if (known == null) {
      Descriptions texts = descriptions.get();
      known = new Parts(new BuiltInDefinitions(catalog, texts), new ApiPaths(new Parameters(catalog, texts), this::definitionName));
      parts = known;
    }
    return known;
  }
}
