package io.kubrig.machinery.schema;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** The schemas of a set of kinds, by OpenAPI definition name and by group, version and kind. Immutable. */
public final class SchemaCatalog {
  private final Map<String, Schema> definitions;
  private final Map<GroupVersionKind, Schema> kinds;

  public SchemaCatalog(Map<String, Schema> definitions, Map<GroupVersionKind, Schema> kinds) {
    this.definitions = Map.copyOf(definitions);
    this.kinds = Map.copyOf(kinds);
  }

  public Optional<Schema> definition(String name) {
    return Optional.ofNullable(definitions.get(name));
  }

  public Optional<Schema> kind(GroupVersionKind kind) {
    return Optional.ofNullable(kinds.get(kind));
  }

  public Collection<Schema> definitions() {
    return definitions.values();
  }

  public Map<GroupVersionKind, Schema> kinds() {
    return kinds;
  }
}
