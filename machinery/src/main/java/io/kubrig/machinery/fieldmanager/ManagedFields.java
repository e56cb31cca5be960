package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The entries of {@code metadata.managedFields}, by owner. Mutable. */
final class ManagedFields {

  /**
   * Who an entry belongs to.
   *
   * @param apiVersion "" for an apply, whose owner is the same in every version
   */
  record Owner(String manager, String operation, String apiVersion, String subresource) implements Comparable<Owner> {

    /** As messages name it: {@code "kubectl" with subresource "scale" using apps/v1}. */
    String display() {
      String name = Json.text(manager) + (subresource.isEmpty() ? "" : " with subresource " + Json.text(subresource));
      return operation.equals("Update") ? name + " using " + apiVersion : name;
    }

    @Override
    public int compareTo(Owner other) {
      return identifier().compareTo(other.identifier());
    }

    private String identifier() {
      Tree tree = new Tree();
      putUnlessEmpty(tree, "manager", manager);
      putUnlessEmpty(tree, "operation", operation);
      putUnlessEmpty(tree, "apiVersion", apiVersion);
      putUnlessEmpty(tree, "subresource", subresource);
      return Json.text(tree);
    }
  }

  /**
   * What an owner owns.
   *
   * @param apiVersion the version that the paths are of
   * @param applied whether they come from server-side apply
   */
  record Owned(FieldSet fields, String apiVersion, boolean applied) {
    Owned with(FieldSet other) {
      return new Owned(other, apiVersion, applied);
    }
  }

  private final Map<Owner, Owned> owned = new LinkedHashMap<>();
  private final Map<Owner, String> times = new LinkedHashMap<>();

  /**
   * Reads the entries.
   *
   * @throws FieldManagerException if one of them is invalid
   */
  static ManagedFields decoded(List<?> entries) {
    ManagedFields managed = new ManagedFields();
    for (int i = 0; i < entries.size(); i++) {
      Tree entry = entries.get(i) instanceof Tree tree ? tree : Tree.empty();
      String operation = entry.string("operation");
      if (!operation.equals("Apply") && !operation.equals("Update")) {
        throw FieldManagerException.internal("operation must be `Apply` or `Update`");
      }
      String apiVersion = entry.string("apiVersion");
      if (apiVersion.isEmpty()) {
        throw FieldManagerException.internal("apiVersion must not be empty");
      }
      String fieldsType = entry.string("fieldsType");
      if (!fieldsType.equals("FieldsV1")) {
        throw FieldManagerException.internal(
            fieldsType.isEmpty()
                ? "missing fieldsType in managed fields entry " + i
                : "invalid fieldsType " + Json.text(fieldsType) + " in managed fields entry " + i);
      }
      boolean applied = operation.equals("Apply");
      Owner owner = new Owner(entry.string("manager"), operation, applied ? "" : apiVersion, entry.string("subresource"));
      managed.owned.put(owner, new Owned(FieldSet.decoded(entry.tree("fieldsV1")), apiVersion, applied));
      if (entry.has("time")) {
        managed.times.put(owner, entry.string("time"));
      }
    }
    return managed;
  }

  /** As {@link #decoded}; invalid entries count as none at all. */
  static ManagedFields decodedOrNone(List<?> entries) {
    try {
      return decoded(entries);
    } catch (FieldManagerException invalid) {
      return new ManagedFields();
    }
  }

  Map<Owner, Owned> owned() {
    return owned;
  }

  Map<Owner, String> times() {
    return times;
  }

  boolean isEmpty() {
    return owned.isEmpty();
  }

  ManagedFields copy() {
    ManagedFields copy = new ManagedFields();
    copy.owned.putAll(owned);
    copy.times.putAll(times);
    return copy;
  }

  /** The entries, sorted by operation, time, manager, version and subresource. */
  List<Object> encoded() {
    List<Owner> owners = new ArrayList<>(owned.keySet());
    owners.sort(
        Comparator.comparing(Owner::operation)
            .thenComparing(owner -> times.getOrDefault(owner, ""))
            .thenComparing(Owner::manager)
            .thenComparing(owner -> owned.get(owner).apiVersion())
            .thenComparing(Owner::subresource));
    List<Object> entries = new ArrayList<>(owners.size());
    for (Owner owner : owners) {
      Owned fields = owned.get(owner);
      Tree entry = new Tree();
      putUnlessEmpty(entry, "manager", owner.manager());
      entry.set("operation", owner.operation()).set("apiVersion", fields.apiVersion());
      putUnlessEmpty(entry, "time", times.getOrDefault(owner, ""));
      entry.set("fieldsType", "FieldsV1").set("fieldsV1", fields.fields().encoded());
      putUnlessEmpty(entry, "subresource", owner.subresource());
      entries.add(entry);
    }
    return entries;
  }

  private static void putUnlessEmpty(Tree tree, String name, String value) {
    if (!value.isEmpty()) {
      tree.set(name, value);
    }
  }
}
