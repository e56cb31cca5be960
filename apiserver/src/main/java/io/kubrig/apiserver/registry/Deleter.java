package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Deletes objects of every kind: preconditions, grace periods, finalizers, propagation. (Source: registry/rest/delete.go and
 * registry/generic/registry/store.go of native.)
 */
public final class Deleter {
  private static final String ORPHAN = "orphan";
  private static final String FOREGROUND = "foregroundDeletion";

  private final ObjectStore store;
  private final AdmissionChain admission;

  public Deleter(ObjectStore store, AdmissionChain admission) {
    this.store = store;
    this.admission = admission;
  }

  /**
   * The outcome of a deletion.
   *
   * @param object the last state, in the storage version
   * @param gone whether the object is gone now, or waits for a grace period or finalizers
   */
  public record Deleted(Tree object, boolean gone) {}

  /** Deletes the object that the operation names; {@code options} is a DeleteOptions. */
  public Deleted delete(Operation operation, Tree options) {
    Resource resource = operation.resource();
    resource.behaviour().warningsOnDelete(options).forEach(operation::warn);
    while (true) {
      Entry entry =
          store
              .entry(resource, operation.namespace(), operation.name())
              .orElseThrow(() -> ApiException.notFound(resource.group(), resource.plural(), operation.name()));
      Optional<Deleted> deleted = tryDelete(operation, options, entry);
      if (deleted.isPresent()) {
        return deleted.get();
      }
    }
  }

  /** Empty when the object changed meanwhile. */
  private Optional<Deleted> tryDelete(Operation operation, Tree options, Entry entry) {
    Resource resource = operation.resource();
    Tree old = inStorageVersion(resource, ObjectStore.tree(entry));
    AdmissionRequest request = new AdmissionRequest(operation, null, old, options);
    admission.mutate(request);
    resource.behaviour().indelible(operation.name()).ifPresent(
        why -> {
          throw ApiException.forbidden(resource.group(), resource.plural(), operation.name(), why);
        });
    checkPreconditions(operation, options, old);
    Tree object = old.copy();
    Step step = decide(operation, options, object);
    admission.validate(request);
    return switch (step) {
      case NOTHING -> Optional.of(new Deleted(old, false));
      case REMOVE -> remove(operation, entry, object);
      case MARK_AND_REMOVE -> markAndRemove(operation, entry, object);
      case MARK -> object.equals(old) ? Optional.of(new Deleted(old, false)) : mark(operation, entry, object, resource);
    };
  }

  /** What was written before the storage version changed is still in the version of then. */
  private static Tree inStorageVersion(Resource resource, Tree stored) {
    String wanted = resource.storageApiVersion();
    return stored.string("apiVersion").equals(wanted) ? stored : resource.behaviour().convert(stored, stored.string("apiVersion"), wanted);
  }

  private enum Step {
    NOTHING,
    MARK,
    REMOVE,
    /** A grace period of no length: watchers see the object being deleted before they see it gone. */
    MARK_AND_REMOVE
  }

  /** What is to be done; marks the object where that is it. */
  private static Step decide(Operation operation, Tree options, Tree object) {
    Kind kind = operation.resource().behaviour();
    if (kind.goesInTwoSteps()) {
      if (!ObjectMeta.isDeleting(object)) {
        kind.beginDeletion(object, options, operation.now());
        return Step.MARK;
      }
      if (kind.holdsItself(object)) {
        return Step.NOTHING;
      }
    }
    Grace grace = grace(operation, options, object);
    boolean finalizersChanged = setPropagationFinalizers(kind, options, object);
    if (grace == Grace.PENDING && !finalizersChanged) {
      return Step.NOTHING;
    }
    boolean held = !ObjectMeta.finalizers(object).isEmpty();
    if (!held && (grace == Grace.NONE || grace == Grace.OVER)) {
      return grace == Grace.NONE ? Step.REMOVE : Step.MARK_AND_REMOVE;
    }
    if (grace == Grace.NONE) {
      markDeleting(operation, object);
    }
    return Step.MARK;
  }

  private enum Grace {
    /** Deletions of this object know no grace period. */
    NONE,
    /** The deletion has been given a time, which is now. */
    OVER,
    /** The deletion has been given a time. */
    SET,
    /** The object already waits for its time. */
    PENDING
  }

  private static Grace grace(Operation operation, Tree options, Tree object) {
    Kind kind = operation.resource().behaviour();
    Tree metadata = object.need("metadata");
    Optional<Long> requested = requestedGrace(options);
    Optional<Long> granted = kind.gracePeriodSeconds(object, requested);
    if (granted.isEmpty()) {
      return Grace.NONE;
    }
    if (ObjectMeta.isDeleting(object)) {
      Optional<Long> current = ObjectMeta.gracePeriod(object);
      if (current.isEmpty()) {
        return Grace.NONE;
      }
      if (requested.isEmpty() || requested.get() >= current.get()) {
        return Grace.PENDING;
      }
      Instant begun = after(Instant.parse(metadata.string("deletionTimestamp")), -current.get());
      setDeletion(begun, metadata, requested.get());
      return requested.get() == 0 ? Grace.OVER : Grace.SET;
    }
    setDeletion(operation.now(), metadata, granted.get());
    countGeneration(metadata);
    return granted.get() == 0 ? Grace.OVER : Grace.SET;
  }

  private static Optional<Long> requestedGrace(Tree options) {
    if (options.get("gracePeriodSeconds") == null) {
      return Optional.empty();
    }
    long seconds = options.integer("gracePeriodSeconds");
    return Optional.of(seconds < 0 ? 1 : seconds);
  }

  private static void setDeletion(Instant begun, Tree metadata, long seconds) {
    metadata.set("deletionTimestamp", ObjectMeta.time(after(begun, seconds)));
    metadata.set("deletionGracePeriodSeconds", seconds);
  }

  /** Native counts in nanoseconds of 64 bits, so that centuries of grace wrap around. */
  private static Instant after(Instant begun, long seconds) {
    return begun.plusNanos(seconds * 1_000_000_000L);
  }

  private static void countGeneration(Tree metadata) {
    if (metadata.integer("generation") > 0) {
      metadata.set("generation", metadata.integer("generation") + 1);
    }
  }

  private static void markDeleting(Operation operation, Tree object) {
    Tree metadata = object.need("metadata");
    if (metadata.get("deletionTimestamp") == null) {
      countGeneration(metadata);
      metadata.set("deletionTimestamp", ObjectMeta.time(operation.now()));
    }
    metadata.set("deletionGracePeriodSeconds", 0L);
  }

  /**
   * Sets or removes the two finalizers by which the garbage collector is told what to do with dependents. Answers whether that changed
   * anything.
   */
  public static boolean setPropagationFinalizers(Kind kind, Tree options, Tree object) {
    if (!kind.hasDependents()) {
      return false;
    }
    Tree metadata = object.need("metadata");
    List<String> before = metadata.strings("finalizers");
    List<Object> after = new ArrayList<>();
    for (String finalizer : before) {
      if (!finalizer.equals(ORPHAN) && !finalizer.equals(FOREGROUND)) {
        after.add(finalizer);
      }
    }
    if (orphans(kind, options, before)) {
      after.add(ORPHAN);
    } else if (deletesInForeground(options, before)) {
      after.add(FOREGROUND);
    }
    if (after.equals(new ArrayList<Object>(before))) {
      return false;
    }
    if (after.isEmpty()) {
      metadata.remove("finalizers");
    } else {
      metadata.set("finalizers", after);
    }
    return true;
  }

  private static boolean orphans(Kind kind, Tree options, List<String> finalizers) {
    if (options.get("orphanDependents") instanceof Boolean orphan) {
      return orphan;
    }
    String policy = options.string("propagationPolicy");
    if (!policy.isEmpty()) {
      return policy.equals("Orphan");
    }
    if (finalizers.contains(ORPHAN)) {
      return true;
    }
    return !finalizers.contains(FOREGROUND) && kind.orphansByDefault();
  }

  private static boolean deletesInForeground(Tree options, List<String> finalizers) {
    if (options.get("orphanDependents") != null) {
      return false;
    }
    String policy = options.string("propagationPolicy");
    return policy.isEmpty() ? finalizers.contains(FOREGROUND) : policy.equals("Foreground");
  }

  private Optional<Deleted> remove(Operation operation, Entry entry, Tree object) {
    if (operation.dryRun()) {
      return Optional.of(new Deleted(object, true));
    }
    return switch (store.delete(entry)) {
      case Outcome.Committed done -> Optional.of(removed(operation, object, done.revision()));
      case Outcome.Conflict ignored -> Optional.empty();
    };
  }

  private static Deleted removed(Operation operation, Tree object, long revision) {
    operation.resource().behaviour().released(object);
    object.need("metadata").set("resourceVersion", Long.toString(revision));
    return new Deleted(object, true);
  }

  private Optional<Deleted> markAndRemove(Operation operation, Entry entry, Tree object) {
    if (operation.dryRun()) {
      return Optional.of(new Deleted(object, true));
    }
    Resource resource = operation.resource();
    return switch (store.put(resource, object, entry.modified(), operation.now())) {
      case Outcome.Committed done -> Optional.of(removeMarked(operation, done.entry(), object));
      case Outcome.Conflict ignored -> Optional.empty();
    };
  }

  /** Removes what has been marked, whoever else may change it meanwhile. */
  private Deleted removeMarked(Operation operation, Entry marked, Tree object) {
    Optional<Entry> entry = Optional.of(marked);
    while (entry.isPresent()) {
      if (store.delete(entry.get()) instanceof Outcome.Committed done) {
        return removed(operation, object, done.revision());
      }
      entry = store.entry(operation.resource(), operation.namespace(), operation.name());
    }
    return new Deleted(object, true);
  }

  private Optional<Deleted> mark(Operation operation, Entry entry, Tree object, Resource resource) {
    if (operation.dryRun()) {
      return Optional.of(new Deleted(object, false));
    }
    return switch (store.put(resource, object, entry.modified(), operation.now())) {
      case Outcome.Committed done -> {
        object.need("metadata").set("resourceVersion", Long.toString(done.revision()));
        yield Optional.of(new Deleted(object, false));
      }
      case Outcome.Conflict ignored -> Optional.empty();
    };
  }

  private static void checkPreconditions(Operation operation, Tree options, Tree object) {
    Tree preconditions = options.tree("preconditions");
    Tree metadata = object.tree("metadata");
    String uid = preconditions.string("uid");
    Resource resource = operation.resource();
    boolean twoSteps = resource.behaviour().goesInTwoSteps(); // their deletion is native's own code, with words of its own
    if (preconditions.get("uid") != null && !uid.equals(metadata.string("uid"))) {
      throw ApiException.conflict(
          resource.group(),
          twoSteps ? resource.plural() : resource.kind(),
          operation.name(),
          twoSteps
              ? "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + metadata.string("uid")
              : "the UID in the precondition (" + uid + ") does not match the UID in record (" + metadata.string("uid")
                  + "). The object might have been deleted and then recreated");
    }
    String version = preconditions.string("resourceVersion");
    if (preconditions.get("resourceVersion") != null && !Objects.equals(version, metadata.string("resourceVersion"))) {
      throw ApiException.conflict(
          resource.group(),
          twoSteps ? resource.plural() : resource.kind(),
          operation.name(),
          twoSteps
              ? "Precondition failed: ResourceVersion in precondition: " + version + ", ResourceVersion in object meta: "
                  + metadata.string("resourceVersion")
              : "the ResourceVersion in the precondition (" + version + ") does not match the ResourceVersion in record ("
                  + metadata.string("resourceVersion") + "). The object might have been modified");
    }
  }
}
