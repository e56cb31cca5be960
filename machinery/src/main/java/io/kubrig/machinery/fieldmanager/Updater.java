package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.fieldmanager.FieldConflictException.Conflict;
import io.kubrig.machinery.fieldmanager.ManagedFields.Owned;
import io.kubrig.machinery.fieldmanager.ManagedFields.Owner;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The rules of ownership.
 *
 * <p>An update takes over what it changes. An apply owns exactly what it states, conflicts where others own what it would change, and
 * removes what it stated last time, not this time, and nobody else owns.
 */
final class Updater {
  private final String apiVersion;
  private final Versions versions;
  private final Map<String, FieldSet> resetFields;

  /** @param resetFields by version, what requests of this kind cannot set and therefore never own */
  Updater(String apiVersion, Versions versions, Map<String, FieldSet> resetFields) {
    this.apiVersion = apiVersion;
    this.versions = versions;
    this.resetFields = Map.copyOf(resetFields);
  }

  /** Records an update from one object to another; changes the entries in place. */
  void update(Tree live, Tree changed, ManagedFields managed, Owner owner) {
    reconcile(managed);
    Comparison comparison = takeOver(live, changed, managed, owner, true);
    FieldSet before = managed.owned().containsKey(owner) ? managed.owned().get(owner).fields() : FieldSet.empty();
    FieldSet fields =
        before.difference(comparison.removed()).union(comparison.modified()).union(comparison.added())
            .recursiveDifference(reset(apiVersion));
    if (fields.isEmpty()) {
      managed.owned().remove(owner);
    } else {
      managed.owned().put(owner, new Owned(fields, apiVersion, false));
    }
  }

  /**
   * Merges a configuration into an object; changes the entries in place.
   *
   * @return the new object, or the live one itself when nothing changes
   * @throws FieldConflictException if it is not forced and would change fields of others
   */
  Tree apply(Tree live, Tree config, ManagedFields managed, Owner owner, boolean force) {
    reconcile(managed);
    Schema schema = schema(apiVersion).orElseThrow();
    Tree merged = Merger.merge(live, config, schema);
    Owned last = managed.owned().get(owner);
    FieldSet fields = FieldCollector.fieldsOf(config, schema).recursiveDifference(reset(apiVersion));
    managed.owned().put(owner, new Owned(fields, apiVersion, true));
    Tree result = last == null || last.fields().isEmpty() ? merged : prune(merged, managed, last);
    takeOver(live, result, managed, owner, force);
    return Values.same(live, result) ? live : result;
  }

  private Optional<Schema> schema(String version) {
    return versions.schema(version);
  }

  private FieldSet reset(String version) {
    return resetFields.getOrDefault(version, FieldSet.empty());
  }

  // ---- taking over ---------------------------------------------------------------------------------------------------

  /** Takes what changed away from the others and answers what that is in the request's version. */
  private Comparison takeOver(Tree live, Tree changed, ManagedFields managed, Owner self, boolean force) {
    Map<String, Comparison> comparisons = new HashMap<>();
    Comparison own = compare(live, changed, apiVersion, schema(apiVersion).orElseThrow());
    comparisons.put(apiVersion, own);
    Map<Owner, FieldSet> conflicts = new TreeMap<>();
    for (Owner owner : List.copyOf(managed.owned().keySet())) {
      if (owner.equals(self)) {
        continue;
      }
      Owned owned = managed.owned().get(owner);
      Comparison comparison = comparisons.get(owned.apiVersion());
      if (comparison == null) {
        Optional<Schema> schema = schema(owned.apiVersion());
        if (schema.isEmpty()) {
          managed.owned().remove(owner); // the version is gone, and with it the meaning of the paths
          continue;
        }
        comparison =
            compare(versions.convert(live, owned.apiVersion()), versions.convert(changed, owned.apiVersion()), owned.apiVersion(),
                schema.get());
        comparisons.put(owned.apiVersion(), comparison);
      }
      FieldSet conflict = owned.fields().intersection(comparison.modified().union(comparison.added()));
      if (!conflict.isEmpty()) {
        conflicts.put(owner, conflict);
      }
    }
    if (!force && !conflicts.isEmpty()) {
      throw new FieldConflictException(list(conflicts));
    }
    managed
        .owned()
        .replaceAll(
            (owner, owned) -> {
              if (owner.equals(self)) {
                return owned;
              }
              FieldSet kept = owned.fields().difference(conflicts.getOrDefault(owner, FieldSet.empty()));
              return owned.with(kept.difference(comparisons.get(owned.apiVersion()).removed()));
            });
    managed.owned().values().removeIf(owned -> owned.fields().isEmpty());
    return own;
  }

  private Comparison compare(Tree live, Tree changed, String version, Schema schema) {
    return Comparison.of(live, changed, schema).without(reset(version));
  }

  private static List<Conflict> list(Map<Owner, FieldSet> conflicts) {
    List<Conflict> list = new ArrayList<>();
    conflicts.forEach((owner, fields) -> fields.forEach(path -> list.add(new Conflict(owner.display(), FieldSet.text(path)))));
    return list;
  }

  // ---- pruning -------------------------------------------------------------------------------------------------------

  /** Removes what the last configuration stated, unless this one states it or somebody else owns it. */
  private Tree prune(Tree merged, ManagedFields managed, Owned last) {
    String version = last.apiVersion();
    Optional<Schema> known = schema(version);
    if (known.isEmpty()) {
      return merged;
    }
    Schema schema = known.get();
    Tree converted = versions.convert(merged, version);
    Tree pruned = Remover.remove(converted, last.fields().withNamedParents(schema), schema);
    pruned = withOwned(converted, pruned, version, managed);
    pruned = withDangling(converted, versions.convert(pruned, version), last, schema);
    return versions.convert(pruned, apiVersion);
  }

  /** Puts back what somebody owns, the applier's new configuration included. */
  private Tree withOwned(Tree merged, Tree pruned, String version, ManagedFields managed) {
    Map<String, FieldSet> byVersion = new TreeMap<>();
    managed.owned().values().forEach(owned -> byVersion.merge(owned.apiVersion(), owned.fields(), FieldSet::union));
    Tree result = pruned;
    FieldSet sameVersion = byVersion.remove(version);
    if (sameVersion != null) {
      result = withOwnedOf(merged, result, version, sameVersion);
    }
    for (Map.Entry<String, FieldSet> entry : byVersion.entrySet()) {
      result = withOwnedOf(merged, result, entry.getKey(), entry.getValue());
    }
    return result;
  }

  private Tree withOwnedOf(Tree merged, Tree pruned, String version, FieldSet owned) {
    Optional<Schema> known = schema(version);
    if (known.isEmpty()) {
      return pruned;
    }
    Schema schema = known.get();
    Tree whole = versions.convert(merged, version);
    FieldSet wholeSet = FieldCollector.fieldsOf(whole, schema).withNamedParents(schema);
    FieldSet prunedSet = FieldCollector.fieldsOf(versions.convert(pruned, version), schema).withNamedParents(schema);
    return Remover.remove(whole, wholeSet.difference(prunedSet.union(owned.withNamedParents(schema))), schema);
  }

  /** Puts back what went only because something around it went: only what the applier itself had stated may go. */
  private static Tree withDangling(Tree merged, Tree pruned, Owned last, Schema schema) {
    FieldSet prunedSet = FieldCollector.fieldsOf(pruned, schema).withNamedParents(schema);
    FieldSet mergedSet = FieldCollector.fieldsOf(merged, schema).withNamedParents(schema);
    FieldSet lastSet = last.fields().withNamedParents(schema);
    return Remover.remove(merged, mergedSet.difference(prunedSet).intersection(lastSet), schema);
  }

  // ---- schema changes ------------------------------------------------------------------------------------------------

  /** Turns paths into what has become atomic since into the path of the whole. */
  private void reconcile(ManagedFields managed) {
    managed.owned().replaceAll((owner, owned) -> schema(owned.apiVersion())
        .map(schema -> owned.with(SchemaChange.reconciled(owned.fields(), schema))).orElse(owned));
  }
}
