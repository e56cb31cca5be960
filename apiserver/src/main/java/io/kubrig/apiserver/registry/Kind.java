package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What is particular to one kind of object: the only thing that a kind adds to the one path that all kinds share. Every method has the
 * answer of a plain kind with spec and status as its default. Methods work on trees in the version that is named, or in the storage
 * version.
 *
 * <p>The order on create: decode, {@link #applyDefaults}, mutating admission, {@link #prepareForCreate}, {@link #validate}, validating
 * admission. On update: decode or patch, {@link #applyDefaults}, mutating admission, {@link #prepareForUpdate}, {@link #validate} and
 * {@link #validateUpdate}, validating admission. (Source: registry/rest and registry/generic of native.)
 */
public interface Kind {

  /** Fills what a client may leave out. Called on every decoded object, also after a patch, in the version of the request. Idempotent. */
  default void applyDefaults(Tree object, String version) {}

  /**
   * Fills what an object that was valid without it has after it was stored and read: where preparation or validation leave room for a
   * default once more. Called before an object is stored and answered.
   */
  default void readDefaults(Tree object) {}

  /** Removes what a client may not set and sets what the server decides, before validation. Status has already been removed. */
  default void prepareForCreate(Tree object, Operation operation) {}

  /**
   * Carries over what this kind of update may not touch. Status and, where specs count generations, the generation are already dealt with.
   */
  default void prepareForUpdate(Tree object, Tree old, Operation operation) {}

  /** Everything that is wrong with an object by itself, metadata excepted. */
  default void validate(Tree object, FieldErrors errors, Operation operation) {}

  /** The checks of metadata that a kind repeats on an update. */
  enum MetadataRepeat {
    /** Those of the new metadata and those of the change. */
    BOTH,
    /** Those of the new metadata. */
    RULES,
    /** Those of the change. */
    CHANGE,
    NONE
  }

  /**
   * The checks of metadata that the kind repeats on an update, besides those that all kinds have: native counts their complaints twice, and
   * so do clients that count causes.
   */
  default MetadataRepeat metadataRepeat() {
    return MetadataRepeat.BOTH;
  }

  /** {@link #metadataRepeat} of updates of the status, where the object itself is not judged again. */
  default MetadataRepeat statusMetadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  /** Repeats checks of metadata. */
  default void validateMetadataUpdate(Tree object, Tree old, boolean namespaced, MetadataRepeat repeat, FieldErrors errors) {
    if (repeat == MetadataRepeat.BOTH || repeat == MetadataRepeat.RULES) {
      MetadataRules.check(object, namespaced, nameRule(), qualifiesFinalizers(), errors);
    }
    if (repeat == MetadataRepeat.BOTH || repeat == MetadataRepeat.CHANGE) {
      MetadataRules.checkUpdate(object, old, errors);
      if (qualifiesFinalizers()) {
        MetadataRules.checkQualified(object, errors);
      }
    }
  }

  /** Whether finalizers must be standard ones or have a path. Not so for what users define, and their definitions. */
  default boolean qualifiesFinalizers() {
    return true;
  }

  /** Everything that is wrong with going from {@code old} to {@code object}; {@link #validate} has been called on the new one before. */
  default void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {}

  /** Carries over what an update of the status may not touch beyond spec and metadata. */
  default void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {}

  /** Whether a status update changes nothing of metadata: no labels, annotations, finalizers or owners. */
  default boolean statusKeepsMetadata() {
    return false;
  }

  /** Whether lists can be selected by {@code metadata.namespace}, which cluster-scoped kinds may as well, mostly. */
  default boolean selectableByNamespace() {
    return true;
  }

  default void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {}

  /** What names must look like. */
  default NameRule nameRule() {
    return NameRule.DNS_SUBDOMAIN;
  }

  /** Whether the kind has the status subresource, and so ignores status elsewhere. */
  default boolean hasStatus() {
    return false;
  }

  /** {@link #hasStatus()} of one version: custom resources may have it in some of theirs. */
  default boolean hasStatus(String version) {
    return hasStatus();
  }

  /** Whether a subresource of the resource is served in one version. */
  default boolean hasSubresource(String version, String subresource) {
    return true;
  }

  /**
   * Gives an object that is created its first status: none, whatever the client sent.
   *
   * @param empty an object of the kind in which nothing is set
   */
  default void initialStatus(Tree object, Tree empty) {
    Lens.carry("status", object, empty);
  }

  /** Whether {@code metadata.generation} counts changes of the spec. */
  default boolean countsGenerations() {
    return hasStatus();
  }

  /** Whether two versions differ in what generation counts: everything but metadata and status. */
  default boolean sameDesiredState(Tree object, Tree old) {
    for (String name : object.names()) {
      if (!BOOKKEEPING.contains(name) && !Objects.equals(object.get(name), old.get(name))) {
        return false;
      }
    }
    for (String name : old.names()) {
      if (!BOOKKEEPING.contains(name) && !object.has(name)) {
        return false;
      }
    }
    return true;
  }

  Set<String> BOOKKEEPING = Set.of("apiVersion", "kind", "metadata", "status");

  /** Whether PUT to a name that does not exist creates the object. */
  default boolean createsOnUpdate() {
    return false;
  }

  /** Whether an update without a resource version is accepted. */
  default boolean unconditionalUpdate() {
    return true;
  }

  /**
   * The field selectors beyond {@code metadata.name} and {@code metadata.namespace}, with the object's values; every label is always
   * present.
   */
  default Map<String, String> selectableFields(Tree object) {
    return Map.of();
  }

  /** The labels that {@link #selectableFields} gives for every object. */
  default Set<String> selectableFieldLabels() {
    return Set.of();
  }

  /** The message for a field selector that is not supported. */
  default String unsupportedField(String field) {
    return "\"" + field + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
  }

  /** What kubectl get shows. */
  default TableColumns columns() {
    return TableColumns.NAME_AND_AGE;
  }

  /** What kubectl get shows in one version. */
  default TableColumns columns(String version) {
    return columns();
  }

  /**
   * Whether stored objects are shown in their storage version as they are. Not so where a schema that changes shapes them on the way out.
   */
  default boolean readsAsStored(String version) {
    return true;
  }

  /** How long objects live; empty for ever. */
  default Optional<Duration> timeToLive(Tree object) {
    return Optional.empty();
  }

  /** The grace period of a deletion, in seconds; 0 deletes at once. Empty for kinds that know none. */
  default Optional<Long> gracePeriodSeconds(Tree object, Optional<Long> requested) {
    return Optional.empty();
  }

  /** Whether objects can own others, so that deleting one with a policy involves the garbage collector. Not so for events. */
  default boolean hasDependents() {
    return true;
  }

  /** Whether an object keeps itself from going by more than metadata.finalizers (the spec.finalizers of a namespace). */
  default boolean holdsItself(Tree object) {
    return false;
  }

  /** Why an object of this name is never deleted. */
  default Optional<String> indelible(String name) {
    return Optional.empty();
  }

  /** Whether objects never go at the first request, which only marks them (see {@link #beginDeletion}). */
  default boolean goesInTwoSteps() {
    return false;
  }

  /**
   * Marks an object that is not being deleted yet, for kinds whose objects go in two steps.
   *
   * @param options the DeleteOptions of the request
   */
  default void beginDeletion(Tree object, Tree options, Instant now) {}

  /** Whether a deletion is answered with the object rather than with a Status. */
  default boolean answersDeletedObject() {
    return false;
  }

  /** Whether deleting an object without a policy orphans its dependents (the first versions of workload kinds). */
  default boolean orphansByDefault() {
    return false;
  }

  /** Warnings for a client that creates ({@code old} is null) or updates the object. */
  default List<String> warnings(Tree object, Tree old) {
    return List.of();
  }

  /** Warnings for a client that deletes objects without saying what is to become of their dependents. */
  default List<String> warningsOnDelete(Tree options) {
    return List.of();
  }

  /** The object in another group and version, apiVersion included. The tree may be changed and answered. */
  default Tree convert(Tree object, String fromApiVersion, String toApiVersion) {
    return object.set("apiVersion", toApiVersion);
  }

  /** Several objects in another group and version, in order. */
  default List<Tree> convertAll(List<Tree> objects, String fromApiVersion, String toApiVersion) {
    return objects.stream().map(object -> convert(object, fromApiVersion, toApiVersion)).toList();
  }

  /** The view of a subresource that is particular to the kind (scale, approval, …); empty for status and what is no view. */
  default Optional<Lens> lens(String subresource) {
    return Optional.empty();
  }

  /** The warning that comes with every answer in a deprecated version. */
  default Optional<String> deprecation(String version) {
    return Optional.empty();
  }

  /** Paths (dotted) that an apply or update through the main resource never owns, beyond status where {@link #hasStatus}. */
  default Set<String> resetFields() {
    return Set.of();
  }

  /**
   * Called before a write is prepared and validated: allocation of addresses and ports, and what that needs to know. Undone if the write
   * fails, and always on a dry run.
   *
   * @param old null on create
   */
  default Reservation allocate(Tree object, Tree old, Operation operation) {
    return Reservation.NONE;
  }

  /** Called after an object is gone for good: release of addresses and ports. */
  default void released(Tree object) {}
}
