package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.schema.StoredForm;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Creates and updates objects of every kind: the one path of a write between decoding and storage.
 *
 * <p>Trees that come in and go out are in the version of the request; conversion to and from the storage version happens here.
 */
public final class Writer {
  private static final int NAME_TRIES = 8;

  private final ObjectStore store;
  private final AdmissionChain admission;
  private final Ownership ownership;
  private final Forms forms;
  private final RandomGenerator random;

  public Writer(ObjectStore store, AdmissionChain admission, Ownership ownership, Forms forms, RandomGenerator random) {
    this.store = store;
    this.admission = admission;
    this.ownership = ownership;
    this.forms = forms;
    this.random = random;
  }

  /** What an update makes of the object that is there. */
  @FunctionalInterface
  public interface Change {
    /**
     * @param current the object, or an empty tree where there is none yet; a copy that may be changed and answered
     */
    Tree apply(Tree current);
  }

  /**
   * An update: what to change, through which path, under which conditions.
   *
   * @param creates whether a missing object is created
   * @param tracksOwners whether the change has already recorded its field owner (apply)
   * @param retries whether a lost race is run again on the newer object (patches), or is the client's to know (PUT with a version)
   * @param replaces whether the client sent the whole object, whose uid is then a precondition
   */
  public record Update(
      Lens lens, Change change, boolean creates, boolean tracksOwners, boolean retries, boolean replaces, Tree options) {}

  /**
   * The outcome of a write.
   *
   * @param object as it is now, in the version of the request
   * @param created whether it was not there before
   * @param stored what holds it; null when nothing does (a dry run, an update that ended it)
   */
  public record Written(Tree object, boolean created, Entry stored) {}

  // ---- create --------------------------------------------------------------------------------------------------------

  /** Stores a new object that has been decoded and defaulted. The tree is used up. */
  public Written create(Operation operation, Tree object, Tree options) {
    return create(operation, object, options, true);
  }

  private Written create(Operation operation, Tree object, Tree options, boolean recordsOwner) {
    Resource resource = operation.resource();
    fitNamespace(operation, object);
    ObjectMeta.dropRepeatedOwners(object, operation);
    ObjectMeta.fillSystemFields(object, operation, random);
    Operation creation = operation.as(Operation.Verb.CREATE, object.tree("metadata").string("name"));
    Tree mutated = recordsOwner ? ownership.updated(creation, new Tree(), object, Lens.OBJECT) : object;
    admission.mutate(new AdmissionRequest(creation, mutated, null, options));
    boolean generated = mutated.tree("metadata").string("name").isEmpty();
    Tree spare = generated ? mutated.copy() : mutated;
    for (int attempt = 1; ; attempt++) {
      Tree candidate = attempt == 1 ? mutated : spare.copy();
      ObjectMeta.generateName(candidate, random);
      Operation named = operation.as(Operation.Verb.CREATE, candidate.tree("metadata").string("name"));
      Optional<Written> stored = tryCreate(named, candidate, options);
      if (stored.isPresent()) {
        return stored.get();
      }
      if (!generated || attempt == NAME_TRIES) {
        throw ApiException.alreadyExists(resource.group(), resource.plural(), named.name());
      }
    }
  }

  /** Empty when the name is taken. */
  private Optional<Written> tryCreate(Operation operation, Tree object, Tree options) {
    Resource resource = operation.resource();
    Kind kind = resource.behaviour();
    if (kind.hasStatus(operation.version())) {
      kind.initialStatus(object, forms.empty(resource, operation.version()));
    }
    Tree metadata = object.need("metadata");
    if (kind.countsGenerations()) {
      metadata.set("generation", 1L);
    }
    Reservation reservation = kind.allocate(object, null, operation);
    boolean committed = false;
    try {
      Optional<Written> stored = prepareAndStore(operation, object, options);
      committed = stored.isPresent() && !operation.dryRun();
      return stored;
    } finally {
      settle(reservation, committed);
    }
  }

  private static void settle(Reservation reservation, boolean committed) {
    if (committed) {
      reservation.commit();
    } else {
      reservation.undo();
    }
  }

  private Optional<Written> prepareAndStore(Operation operation, Tree object, Tree options) {
    Resource resource = operation.resource();
    Kind kind = resource.behaviour();
    kind.prepareForCreate(object, operation);
    FieldErrors errors = new FieldErrors();
    MetadataRules.check(object, resource.namespaced(), kind.nameRule(), kind.qualifiesFinalizers(), errors);
    kind.validate(object, errors, operation);
    failIfInvalid(operation, object, errors);
    kind.warnings(object, null).forEach(operation::warn);
    AdmissionRequest request = new AdmissionRequest(operation, object, null, options);
    admission.validate(request);
    settle(operation, object);
    Optional<Written> stored;
    try {
      stored = store(operation, object);
    } catch (RuntimeException e) {
      admission.abandoned(request);
      throw e;
    }
    if (stored.isEmpty()) {
      admission.abandoned(request);
    }
    return stored;
  }

  private Optional<Written> store(Operation operation, Tree object) {
    Resource resource = operation.resource();
    Tree metadata = object.tree("metadata");
    if (operation.dryRun()) {
      boolean taken = store.entry(resource, metadata.string("namespace"), metadata.string("name")).isPresent();
      return taken ? Optional.empty() : Optional.of(new Written(object, true, null));
    }
    if (isRevision(metadata.string("resourceVersion"))) {
      throw new ApiException(500, "", "resourceVersion should not be set on objects to be created", Tree.empty());
    }
    if (store.entry(resource, metadata.string("namespace"), metadata.string("name")).isPresent()) {
      return Optional.empty();
    }
    Outcome outcome = store.put(resource, toStorage(operation, object), 0, operation.now());
    return outcome instanceof Outcome.Committed done
        ? Optional.of(new Written(withRevision(object, done.revision()), true, done.entry()))
        : Optional.empty();
  }

  /** What is no number counts as none, as natively. */
  private static boolean isRevision(String text) {
    try {
      return !text.isEmpty() && Long.parseUnsignedLong(text) != 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  // ---- update --------------------------------------------------------------------------------------------------------

  /** Changes the object that the operation names. */
  public Written update(Operation operation, Update update) {
    while (true) {
      Resource resource = operation.resource();
      Optional<Entry> entry = store.entry(resource, operation.namespace(), operation.name());
      if (entry.isEmpty()) {
        return createByUpdate(operation, update);
      }
      Optional<Written> written = tryUpdate(operation, update, entry.get());
      if (written.isPresent()) {
        return written.get();
      }
    }
  }

  private Written createByUpdate(Operation operation, Update update) {
    Resource resource = operation.resource();
    if (!update.creates()) {
      throw ApiException.notFound(resource.group(), resource.plural(), operation.name());
    }
    Operation creation = operation.as(Operation.Verb.CREATE, operation.name());
    Tree object = update.change().apply(new Tree());
    String uid = object.tree("metadata").string("uid");
    if (!uid.isEmpty()) {
      throw Preconditions.otherUid(operation, resource, resource.key(operation.namespace(), operation.name()), uid, "");
    }
    object.need("metadata").remove("resourceVersion");
    return create(creation, object, createOptions(update.options()), !update.tracksOwners());
  }

  /** The options of an update or patch as admission sees them where it creates. */
  private static Tree createOptions(Tree options) {
    Tree create = options.copy().set("kind", "CreateOptions");
    create.remove("force");
    return create;
  }

  /** Empty when the object changed meanwhile and the update is to be tried again. */
  private Optional<Written> tryUpdate(Operation operation, Update update, Entry entry) {
    Resource resource = operation.resource();
    Tree stored = ObjectStore.tree(entry);
    boolean outdated = entry.outdated() || !stored.string("apiVersion").equals(resource.storageApiVersion());
    Tree old = Views.inVersion(resource, operation.version(), stored);
    Lens lens = update.lens();
    Tree changed = update.change().apply(lens.isWhole() ? old.copy() : lens.view(old.copy()));
    Tree object = lens.isWhole() ? changed : lens.put(old.copy(), changed);
    object = carrySystemFields(operation, object, old);
    ObjectMeta.dropRepeatedOwners(object, operation);
    checkPreconditions(operation, update, object, old, entry);
    object.need("metadata").set("resourceVersion", old.tree("metadata").string("resourceVersion"));
    if (!update.tracksOwners()) {
      object = ownership.updated(operation, old, object, lens);
    }
    AdmissionRequest request = new AdmissionRequest(operation, object, old, update.options(), lens);
    admission.mutate(request);
    Reservation reservation = resource.behaviour().allocate(object, old, operation);
    boolean committed = false;
    try {
      prepareAndValidate(operation, lens, object, old);
      admission.validate(request);
      settle(operation, object);
      if (!outdated && !ends(resource, object) && Ownership.sameButForTimes(object, old)) {
        admission.abandoned(request);
        return Optional.of(new Written(old, false, entry));
      }
      Optional<Written> written = commit(request, update, entry);
      committed = written.isPresent() && !operation.dryRun();
      return written;
    } finally {
      settle(reservation, committed);
    }
  }

  private Optional<Written> commit(AdmissionRequest request, Update update, Entry entry) {
    Optional<Written> written = Optional.empty();
    try {
      written = commit(request.operation(), update, request.object(), entry);
      return written;
    } finally {
      if (written.isEmpty()) {
        admission.abandoned(request);
      }
    }
  }

  private void prepareAndValidate(Operation operation, Lens lens, Tree object, Tree old) {
    Resource resource = operation.resource();
    lens.prepare(object, old, operation);
    FieldErrors errors = new FieldErrors();
    MetadataRules.check(object, resource.namespaced(), NameRule.PATH_SEGMENT, false, errors);
    MetadataRules.checkUpdate(object, old, errors);
    resource.behaviour().validateMetadataUpdate(object, old, resource.namespaced(), lens.metadataRepeat(resource.behaviour()), errors);
    lens.validate(object, old, errors, operation);
    failIfInvalid(operation, object, errors);
    if (!operation.subresource().equals("status")) {
      resource.behaviour().warnings(object, old).forEach(operation::warn);
    }
  }

  private Optional<Written> commit(Operation operation, Update update, Tree object, Entry entry) {
    Resource resource = operation.resource();
    boolean finished = ends(resource, object);
    if (operation.dryRun()) {
      return Optional.of(new Written(object, false, null));
    }
    Outcome outcome =
        finished ? store.delete(entry) : store.put(resource, toStorage(operation, object), entry.modified(), operation.now());
    return switch (outcome) {
      case Outcome.Committed done -> {
        if (finished) {
          resource.behaviour().released(object);
          yield Optional.of(new Written(object, false, null));
        }
        yield Optional.of(new Written(withRevision(object, done.revision()), false, done.entry()));
      }
      case Outcome.Conflict ignored -> {
        if (!update.retries()) {
          throw modified(operation);
        }
        yield Optional.empty();
      }
    };
  }

  /** Whether an update leaves an object that has nothing more to wait for: it is deleted, also when nothing in it has changed. */
  private static boolean ends(Resource resource, Tree object) {
    return ObjectMeta.isDeleting(object)
        && ObjectMeta.finalizers(object).isEmpty()
        && ObjectMeta.gracePeriod(object).orElse(0L) == 0
        && !resource.behaviour().holdsItself(object);
  }

  /** Puts back what no client sets: identity, times of creation and deletion. */
  private static Tree carrySystemFields(Operation operation, Tree object, Tree old) {
    fitNamespace(operation, object);
    Tree metadata = object.need("metadata");
    Tree before = old.tree("metadata");
    for (String member : List.of("creationTimestamp", "generation", "selfLink")) {
      Lens.carry(member, metadata, before);
    }
    for (String member : List.of("deletionTimestamp", "deletionGracePeriodSeconds")) {
      if (before.get(member) != null) {
        metadata.fill(member, before.get(member));
      }
    }
    return object;
  }

  private void checkPreconditions(Operation operation, Update update, Tree object, Tree old, Entry entry) {
    Resource resource = operation.resource();
    Tree metadata = object.need("metadata");
    String uid = metadata.string("uid");
    String oldUid = old.tree("metadata").string("uid");
    if (uid.isEmpty()) {
      metadata.set("uid", oldUid);
    } else if (!uid.equals(oldUid) && update.replaces()) {
      throw Preconditions.otherUid(operation, resource, entry, uid, oldUid);
    }
    String version = metadata.string("resourceVersion");
    if (version.isEmpty() || version.equals("0")) {
      if (!resource.behaviour().unconditionalUpdate()) {
        FieldErrors errors = new FieldErrors();
        errors.invalid(io.kubrig.apiserver.status.FieldPath.of("metadata", "resourceVersion"), 0L, "must be specified for an update");
        // native names the resource here, not the kind
        throw ApiException.invalid(resource.group(), resource.plural(), operation.name(), errors);
      }
    } else if (parsedVersion(version) != entry.modified()) {
      throw modified(operation);
    }
  }

  private static long parsedVersion(String version) {
    try {
      return Long.parseUnsignedLong(version);
    } catch (NumberFormatException e) {
      throw new ApiException(500, "", ListOptions.versionError(version), Tree.empty());
    }
  }

  private static ApiException modified(Operation operation) {
    return ApiException.conflict(
        operation.resource().group(),
        operation.resource().plural(),
        operation.name(),
        "the object has been modified; please apply your changes to the latest version and try again");
  }

  // ---- both ----------------------------------------------------------------------------------------------------------

  private static void fitNamespace(Operation operation, Tree object) {
    Tree metadata = object.need("metadata");
    if (!operation.resource().namespaced()) {
      metadata.remove("namespace");
      return;
    }
    String namespace = metadata.string("namespace");
    if (namespace.isEmpty()) {
      metadata.set("namespace", operation.namespace());
    } else if (!namespace.equals(operation.namespace())) {
      throw ApiException.badRequest("the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  private static void failIfInvalid(Operation operation, Tree object, FieldErrors errors) {
    if (!errors.isEmpty()) {
      Resource resource = operation.resource();
      // native names the kind as it is stored: events of both groups are core events
      throw ApiException.invalid(resource.storageGvk().group(), resource.kind(), object.tree("metadata").string("name"), errors);
    }
  }

  private static void settle(Operation operation, Tree object) {
    Resource resource = operation.resource();
    if (!resource.custom()) {
      resource.schema(operation.version()).ifPresent(schema -> StoredForm.settle(object, schema));
      resource.behaviour().readDefaults(object);
    }
  }

  private static Tree toStorage(Operation operation, Tree object) {
    Resource resource = operation.resource();
    return resource.isStoredAs(operation.version())
        ? object
        : resource.behaviour().convert(object.copy(), resource.apiVersion(operation.version()), resource.storageApiVersion());
  }

  private static Tree withRevision(Tree object, long revision) {
    object.need("metadata").set("resourceVersion", Long.toString(revision));
    return object;
  }
}
