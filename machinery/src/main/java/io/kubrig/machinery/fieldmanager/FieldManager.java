package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.fieldmanager.ManagedFields.Owned;
import io.kubrig.machinery.fieldmanager.ManagedFields.Owner;
import io.kubrig.machinery.schema.Decoder;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps {@code metadata.managedFields} of one kind, in one version and for one subresource. Immutable and shared.
 *
 * <p>Objects are in the normal form of the decoder and in the version of this manager. Results are deep copies and still have to be
 * decoded, defaulted and validated.
 */
public final class FieldManager {
  private static final Owner CURRENT_OPERATION = new Owner("current-operation", "", "", "");
  private static final String BEFORE_FIRST_APPLY = "before-first-apply";
  private static final String ANCIENT_CHANGES = "ancient-changes";
  private static final int MOST_UPDATE_MANAGERS = 10;

  /** What the server alone sets, and what is part of every object. */
  private static final FieldSet NEVER_OWNED =
      FieldSet.of(
          "apiVersion",
          "kind",
          "metadata",
          "metadata.name",
          "metadata.namespace",
          "metadata.creationTimestamp",
          "metadata.selfLink",
          "metadata.uid",
          "metadata.clusterName",
          "metadata.generation",
          "metadata.managedFields",
          "metadata.resourceVersion");

  private final GroupVersionKind kind;
  private final String subresource;
  private final Schema schema;
  private final Tree blank;
  private final Updater updater;
  private final LastApplied lastApplied;

  private FieldManager(GroupVersionKind kind, String subresource, Tree blank, Versions versions, Map<String, FieldSet> resetFields) {
    this.kind = kind;
    this.subresource = subresource;
    this.schema = versions.schema(kind.apiVersion()).orElseThrow(() -> new IllegalArgumentException("no schema for " + kind));
    this.blank = blank;
    this.updater = new Updater(kind.apiVersion(), versions, resetFields);
    this.lastApplied = new LastApplied(kind.apiVersion(), schema);
  }

  /** What is wrong with entries of managedFields that somebody else has written; empty when they can be read. */
  public static Optional<String> problem(List<?> entries) {
    try {
      ManagedFields.decoded(entries);
      return Optional.empty();
    } catch (FieldManagerException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * For a built-in kind.
   *
   * @param subresource "" for the kind itself
   * @param resetFields by version, what requests cannot set here and therefore never own ({@code status} for the kind itself, …)
   */
  public static FieldManager builtIn(GroupVersionKind kind, String subresource, Versions versions, Map<String, FieldSet> resetFields) {
    Schema schema = versions.schema(kind.apiVersion()).orElseThrow(() -> new IllegalArgumentException("no schema for " + kind));
    Tree blank = new Decoder(schema).normalise(new Tree());
    blank.remove("kind");
    blank.remove("apiVersion");
    return new FieldManager(kind, subresource, blank, versions, resetFields);
  }

  /** For a custom resource, whose schemas come from {@link #customSchema}; parameters as {@link #builtIn}. */
  public static FieldManager custom(GroupVersionKind kind, String subresource, Versions versions, Map<String, FieldSet> resetFields) {
    return new FieldManager(kind, subresource, Tree.of("apiVersion", kind.apiVersion(), "kind", kind.kind()), versions, resetFields);
  }

  /** The schema of a custom resource with its type and metadata, which its structural schema does not describe. */
  public static Schema customSchema(Schema structural, Schema objectMeta) {
    Schema root = new Schema(Schema.Type.OBJECT)
        .preserveUnknownFields(structural.preserveUnknownFields() || structural.type() == Schema.Type.ANY);
    structural.fields().values().forEach(root::field);
    return root.field(new Schema.Field("apiVersion", new Schema(Schema.Type.STRING)))
        .field(new Schema.Field("kind", new Schema(Schema.Type.STRING)))
        .field(new Schema.Field("metadata", objectMeta));
  }

  // ---- update --------------------------------------------------------------------------------------------------------

  /**
   * Records a create, update or patch.
   *
   * @param live what is stored; an empty tree when the object is being created
   * @param changed what is to be stored; its managedFields are replaced
   * @param manager the name of who changes it
   * @return {@code changed} itself
   */
  public Tree update(Tree live, Tree changed, String manager, Instant now) {
    List<Object> requested = changed.tree("metadata").list("managedFields");
    boolean requestedNone = changed.tree("metadata").get("managedFields") instanceof List<?>;
    List<Object> stored = live.tree("metadata").list("managedFields");
    ManagedFields managed = effective(stored, requested, requestedNone);
    boolean creating = live.tree("metadata").string("uid").isEmpty();
    if (managed.isEmpty() && !creating) {
      return withEntries(changed, managed);
    }
    try {
      record(without(live.isEmpty() ? blank : live), without(changed), managed, manager, now);
    } catch (FieldManagerException unexpected) {
      return withEntries(changed, ManagedFields.decodedOrNone(stored));
    }
    return withEntries(changed, managed);
  }

  private ManagedFields effective(List<Object> stored, List<Object> requested, boolean isSet) {
    if (!subresource.isEmpty()) {
      return ManagedFields.decodedOrNone(stored);
    }
    boolean reset = isSet && requested.isEmpty() || requested.size() == 1 && requested.getFirst() instanceof Tree entry && entry.isEmpty();
    if (reset) {
      return new ManagedFields();
    }
    ManagedFields managed = ManagedFields.decodedOrNone(requested);
    return managed.isEmpty() ? ManagedFields.decodedOrNone(stored) : managed;
  }

  private void record(Tree live, Tree changed, ManagedFields managed, String manager, Instant now) {
    updater.update(live, changed, managed, CURRENT_OPERATION);
    strip(managed, CURRENT_OPERATION);
    Owned current = managed.owned().remove(CURRENT_OPERATION);
    if (current != null) {
      Owner owner = new Owner(manager.isEmpty() ? "unknown" : manager, "Update", kind.apiVersion(), subresource);
      managed.owned().merge(owner, current, (before, added) -> added.with(added.fields().union(before.fields())));
      managed.times().put(owner, Timestamps.format(now));
    }
    capUpdateManagers(managed);
  }

  private static void strip(ManagedFields managed, Owner owner) {
    managed.owned().computeIfPresent(owner, (key, owned) -> {
      FieldSet kept = owned.fields().difference(NEVER_OWNED);
      return kept.isEmpty() ? null : owned.with(kept);
    });
  }

  /** Puts the oldest updates of a version together until few enough are left. */
  private static void capUpdateManagers(ManagedFields managed) {
    List<Owner> updaters = new ArrayList<>();
    managed.owned().forEach((owner, owned) -> {
      if (!owned.applied()) {
        updaters.add(owner);
      }
    });
    if (updaters.size() <= MOST_UPDATE_MANAGERS) {
      return;
    }
    updaters.sort(Comparator.comparing((Owner owner) -> managed.times().getOrDefault(owner, "")).thenComparing(Comparator.naturalOrder()));
    Map<String, Owner> firstOfVersion = new HashMap<>();
    int left = updaters.size();
    for (int i = 0; i < updaters.size() && left > MOST_UPDATE_MANAGERS; i++) {
      Owner owner = updaters.get(i);
      Owned owned = managed.owned().get(owner);
      String version = owned.apiVersion();
      Owner first = firstOfVersion.putIfAbsent(version, owner);
      if (first == null) {
        continue;
      }
      Owner bucket = new Owner(ANCIENT_CHANGES, "Update", version, "");
      if (!managed.owned().containsKey(bucket)) {
        managed.owned().put(bucket, managed.owned().remove(first));
      }
      managed.owned().put(bucket, owned.with(owned.fields().union(managed.owned().get(bucket).fields())));
      managed.owned().remove(owner);
      left--;
      if (managed.times().containsKey(owner)) {
        managed.times().put(bucket, managed.times().get(owner));
      }
    }
  }

  // ---- apply ---------------------------------------------------------------------------------------------------------

  /**
   * Server-side apply.
   *
   * @param live what is stored; an empty tree when there is nothing
   * @param config the applied configuration as it was read, not decoded
   * @return the new object; equal to the live one, entries included, when nothing changes
   * @throws FieldConflictException if it is not forced and would change fields of other managers
   * @throws FieldManagerException if the configuration is not valid
   */
  public Tree apply(Tree live, Tree config, String manager, boolean force, Instant now) {
    GroupVersionKind applied = GroupVersionKind.of(config.string("apiVersion"), config.string("kind"));
    if (!applied.equals(kind)) {
      throw FieldManagerException.badRequest("invalid object type: " + text(applied));
    }
    if (config.tree("metadata").get("managedFields") != null) {
      throw FieldManagerException.badRequest("metadata.managedFields must be nil");
    }
    ManagedFields managed;
    try {
      managed = ManagedFields.decoded(live.tree("metadata").list("managedFields"));
    } catch (FieldManagerException e) {
      throw FieldManagerException.internal("failed to decode managed fields: " + e.getMessage());
    }
    Tree base = without(live.isEmpty() ? blank : live);
    if (managed.isEmpty() && !live.isEmpty()) {
      record(without(blank), base, managed, BEFORE_FIRST_APPLY, now);
    }
    Owner owner = new Owner(manager.isEmpty() ? "unknown" : manager, "Apply", "", subresource);
    Tree result = applyResolvingLastApplied(base, config, managed, owner, force, now);
    if (manager.equals("kubectl")) {
      result = lastApplied.renewed(result, config);
    }
    return result;
  }

  /** What kubectl applied on the client side before may be taken over from others without force. */
  private Tree applyResolvingLastApplied(Tree live, Tree config, ManagedFields managed, Owner owner, boolean force, Instant now) {
    if (!owner.manager().equals("kubectl") || force) {
      return applied(live, config, managed, owner, force, now);
    }
    try {
      return applied(live, config, managed.copy(), owner, false, now);
    } catch (FieldConflictException conflict) {
      FieldConflictException rest = lastApplied.unexplained(conflict, live);
      if (rest != null) {
        throw rest;
      }
      return applied(live, config, managed, owner, true, now);
    }
  }

  private Tree applied(Tree live, Tree config, ManagedFields managed, Owner owner, boolean force, Instant now) {
    String errors = TypeCheck.errorsOf(config, schema);
    if (!errors.isEmpty()) {
      Tree metadata = config.tree("metadata");
      throw FieldManagerException.internal(
          "failed to create typed patch object (" + metadata.string("namespace") + "/" + metadata.string("name") + "; " + text(kind)
              + "): " + errors);
    }
    Tree result = updater.apply(live, config, managed, owner, force);
    strip(managed, owner);
    if (result != live) {
      managed.times().put(owner, Timestamps.format(now));
    }
    return withEntries(result.copy(), managed);
  }

  private static String text(GroupVersionKind kind) {
    return kind.group() + "/" + kind.version() + ", Kind=" + kind.kind();
  }

  // ---- entries -------------------------------------------------------------------------------------------------------

  /** The object without its entries; shares everything else. */
  private static Tree without(Tree object) {
    if (!object.tree("metadata").has("managedFields")) {
      return object;
    }
    Tree metadata = new Tree();
    object.tree("metadata").forEach((name, value) -> {
      if (!name.equals("managedFields")) {
        metadata.set(name, value);
      }
    });
    Tree copy = new Tree();
    object.forEach((name, value) -> copy.set(name, name.equals("metadata") ? metadata : value));
    return copy;
  }

  private static Tree withEntries(Tree object, ManagedFields managed) {
    if (managed.isEmpty()) {
      if (object.tree("metadata").has("managedFields")) {
        object.tree("metadata").remove("managedFields");
      }
      return object;
    }
    object.need("metadata").set("managedFields", managed.encoded());
    return object;
  }

  /**
   * Puts the old entries back where a change consists of nothing but their times, so that a write that changes nothing is none.
   *
   * @return {@code changed} itself
   */
  public static Tree keepTimesIfNothingChanged(Tree live, Tree changed) {
    List<Object> before = live.tree("metadata").list("managedFields");
    List<Object> after = changed.tree("metadata").list("managedFields");
    if (after.isEmpty() || before.size() != after.size() || before.equals(after)) {
      return changed;
    }
    for (int i = 0; i < before.size(); i++) {
      if (!(before.get(i) instanceof Tree left) || !(after.get(i) instanceof Tree right) || !sameButTime(left, right)) {
        return changed;
      }
    }
    if (without(live).equals(without(changed))) {
      changed.need("metadata").set("managedFields", Tree.copyOf(before));
    }
    return changed;
  }

  private static boolean sameButTime(Tree left, Tree right) {
    for (String name : List.of("manager", "operation", "apiVersion", "fieldsType", "fieldsV1", "subresource")) {
      if (!Values.same(left.get(name), right.get(name))) {
        return false;
      }
    }
    return true;
  }
}
