package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.apiserver.negotiation.MediaType;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.negotiation.Negotiation.Offer;
import io.kubrig.apiserver.negotiation.Projections.RowObject;
import io.kubrig.apiserver.negotiation.Representation;
import io.kubrig.apiserver.registry.Deleter;
import io.kubrig.apiserver.registry.Forms;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.ListOptions;
import io.kubrig.apiserver.registry.Lister;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.Selection;
import io.kubrig.apiserver.registry.Views;
import io.kubrig.apiserver.registry.Watches;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Snapshot;
import io.kubrig.apiserver.storage.UnreadableValueException;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The verbs of the API on every resource: reads a call, has the registry do it, and answers. The one handler for all kinds.
 */
public final class ResourceHandler {
  private final Registry registry;
  private final Bodies bodies;
  private final Duration minWatch;
  private final Responses responses;
  private final WriteOptions writeOptions;
  private final Patches patches;
  private final CollectionDeletion collections;

  /**
   * Over a registry.
   *
   * @param minWatch how long a watch lasts at least when the client does not say
   * @param deletionWorkers how many objects of a collection are deleted at once
   */
  public ResourceHandler(Registry registry, Bodies bodies, Responses responses, WriteOptions writeOptions, Patches patches,
      Duration minWatch, int deletionWorkers) {
    this.minWatch = minWatch;
    this.collections = new CollectionDeletion(deletionWorkers);
    this.registry = registry;
    this.bodies = bodies;
    this.responses = responses;
    this.writeOptions = writeOptions;
    this.patches = patches;
  }

  /** Answers a call on a resource, failures included. */
  public void handle(Call call) throws IOException {
    List<String> warnings = new ArrayList<>();
    try {
      if (call.info().verb().equals("proxy")) {
        throw ApiException.noSuchPath(); // a way of old to services and nodes
      }
      if (call.exchange().method().equals("HEAD") && isPlain(call.info())) {
        throw ApiException.methodNotAllowed(); // whatever is wrong beside it
      }
      Target target = Target.of(call.info(), registry.catalog());
      if (call.exchange().method().equals("GET") || target.resource().can(call.info().verb())) {
        registry.deprecation(target.resource(), target.version()).ifPresent(warnings::add);
      }
      route(call, target, warnings);
    } catch (ApiException e) {
      responses.fail(call, e, warnings);
    } catch (UnreadableValueException e) {
      responses.fail(call, ApiException.internal(e.getMessage()), warnings);
    }
  }

  /** Whether a path is one of objects, not of what is behind them. */
  private boolean isPlain(RequestInfo info) {
    return info.subresource().isEmpty() && registry.catalog().served(info.group(), info.version(), info.resourceName()).isPresent();
  }

  private void route(Call call, Target target, List<String> warnings) throws IOException {
    if (call.info().watchPath() && !call.exchange().method().equals("GET")) {
      throw ApiException.methodNotAllowed();
    }
    Optional<Subresource> special = registry.subresource(target.resource(), target.subresource());
    boolean nowhere = target.resource().namespaced() && target.namespace().isEmpty();
    if (special.isPresent() && target.isMain() && (nowhere || !target.isCollection())) {
      throw ApiException.noSuchPath(); // reviews and bindings are only ever created, those of namespaces in one
    }
    if (!call.exchange().method().equals("GET")) {
      registry.lister().newest(); // a write is decided upon what has been acknowledged before it came, by whichever server
    }
    if (special.isPresent()) {
      special.get().handle(call, target, warnings);
      return;
    }
    if (!target.isMain() && !call.exchange().method().equals("PUT")
        && registry.lens(target.resource(), target.subresource()).onlyReplaced()) {
      throw ApiException.methodNotAllowed();
    }
    switch (call.exchange().method()) {
      case "GET" -> read(call, target, warnings);
      case "POST" -> create(call, target, warnings);
      case "PUT" -> update(call, target, warnings);
      case "PATCH" -> patch(call, target, warnings);
      case "DELETE" -> delete(call, target, warnings);
      default -> throw ApiException.methodNotAllowed();
    }
  }

  // ---- reading -------------------------------------------------------------------------------------------------------

  private void read(Call call, Target target, List<String> warnings) throws IOException {
    if (target.isCollection() || call.info().watchPath()) {
      list(call, target, warnings);
    } else {
      get(call, target, warnings);
    }
  }

  private void get(Call call, Target target, List<String> warnings) throws IOException {
    require(target, "get");
    Lens lens = registry.lens(target.resource(), target.subresource());
    Views.View view = view(call, target, lens.hasTable() ? Offer.PROJECTIONS : Offer.METADATA).through(lens);
    Resource resource = target.resource();
    Optional<ComputedObjects> computed = registry.computed(resource);
    if (computed.isPresent()) {
      Tree object = computed.get().get(target.name())
          .orElseThrow(() -> ApiException.notFound("", resource.kind().toLowerCase(Locale.ROOT), target.name()));
      responses.send(call, 200, view.representation(), registry.views().object(view, object), warnings);
      return;
    }
    Entry entry = snapshotFor(call.query().value("resourceVersion")).get(resource.key(target.namespace(), target.name()))
        .orElseThrow(() -> ApiException.notFound(resource.group(), resource.plural(), target.name()));
    if (target.isMain() || lens == Lens.STATUS) {
      responses.send(call, 200, view.representation(), registry.views().entry(view, entry), warnings);
      return;
    }
    Tree object = Views.inVersion(resource, target.version(), ObjectStore.tree(entry));
    Tree seen = lens.view(object);
    responses.send(call, 200, view.representation(), registry.views().object(view, seen), warnings);
  }

  private Snapshot snapshotFor(String resourceVersion) {
    long revision = ListOptions.readRevision(resourceVersion);
    if (resourceVersion.equals("0")) {
      return registry.store().storage().keyspace().current();
    }
    return revision > 0 ? registry.lister().atLeast(revision) : registry.lister().newest();
  }

  private void list(Call call, Target target, List<String> warnings) throws IOException {
    boolean watch = call.info().watchPath() || call.query().flag("watch");
    ListOptions options = listOptions(call, target, watch);
    if (watch && !target.resource().can("watch")) {
      throw ApiException.methodNotSupported(target.resource().group(), target.resource().plural(), "watch");
    }
    require(target, "list");
    Views.View view = view(call, target, Offer.PROJECTIONS_AND_STREAM);
    checkListProjection(view, watch);
    options.checked();
    Selection selection = Selection.of(target.resource(), options);
    if (watch) {
      watch(call, target, view, options, selection, warnings);
      return;
    }
    Optional<ComputedObjects> computed = registry.computed(target.resource());
    if (computed.isPresent()) {
      List<Tree> objects = computed.get().list().stream().filter(object -> selection.test(target.resource(), object)).toList();
      responses.send(call, 200, view.representation(), registry.views().list(view, new Tree(), objects), warnings);
      return;
    }
    Lister.Page page = registry.lister().list(target.resource(), target.namespace(), options, selection);
    Optional<Exchange.LargeBody> stored = registry.views().storedList(view, page);
    if (stored.isPresent()) {
      responses.send(call, 200, view.representation(), stored.get(), warnings);
    } else {
      responses.send(call, 200, view.representation(), registry.views().list(view, page), warnings);
    }
  }

  /** A list is projected to a list, an event of a watch to one object. */
  private static void checkListProjection(Views.View view, boolean watch) {
    Representation.Projection projection = view.representation().projection();
    if (!watch && projection == Representation.Projection.METADATA) {
      throw ApiException.notAcceptable("you requested PartialObjectMetadata, but the requested object is a list (" + view.resource()
          .listKind() + ")");
    }
    if (watch && projection == Representation.Projection.METADATA_LIST) {
      throw ApiException.notAcceptable("you requested PartialObjectMetadataList, but the requested object is not a list");
    }
  }

  private static ListOptions listOptions(Call call, Target target, boolean watch) {
    Function<String, Optional<String>> query = call.query()::first;
    if (!watch) {
      return ListOptions.of(query);
    }
    String name = target.name();
    return ListOptions.of(
        parameter ->
            switch (parameter) {
              case "watch" -> Optional.of("true");
              case "fieldSelector" -> name.isEmpty() ? query.apply(parameter) : Optional.of("metadata.name=" + name);
              default -> query.apply(parameter);
            });
  }

  private void watch(Call call, Target target, Views.View view, ListOptions options, Selection selection, List<String> warnings)
      throws IOException {
    Duration timeout = options.timeout().filter(Duration::isPositive).orElseGet(() -> registry.watchTimeout(minWatch));
    try (Watches.Session session = registry.watches().open(view, target.namespace(), options, selection, timeout)) {
      Optional<WatchSocket> socket = WatchSocket.open(call, view.representation());
      if (socket.isPresent()) {
        try (WatchSocket open = socket.get()) {
          session.run(open);
        }
        return;
      }
      stream(call, view, session, warnings);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stream(Call call, Views.View view, Watches.Session session, List<String> warnings)
      throws IOException, InterruptedException {
    String type = view.representation().mediaType().text();
    String contentType = view.representation().mediaType() == MediaType.JSON ? type : type + ";stream=watch";
    var headers = Responses.headers(view.representation().mediaType(), warnings).set("Content-Type", contentType);
    try (Exchange.ResponseStream stream = call.exchange().stream(200, headers)) {
      session.run(new StreamSink(call.exchange(), stream));
    }
  }

  // ---- writing -------------------------------------------------------------------------------------------------------

  private void create(Call call, Target target, List<String> warnings) throws IOException {
    if (!target.isCollection()) {
      throw ApiException.methodNotAllowed();
    }
    require(target, "create");
    if (target.resource().namespaced() && target.namespace().isEmpty()) {
      throw ApiException.methodNotAllowed();
    }
    Views.View view = view(call, target, Offer.PROJECTIONS);
    WriteOptions.Read options = writeOptions.read(call, WriteOptions.CREATE);
    Operation operation = operation(call, target, Operation.Verb.CREATE, "", options);
    collecting(
        operation,
        warnings,
        () -> {
          Tree object = decode(call, target, operation);
          Operation named = operation.as(Operation.Verb.CREATE, object.tree("metadata").string("name"));
          call.audit().objectName(named.name());
          answer(call, view, Lens.OBJECT, registry.writer().create(named, object, options.tree()), operation, warnings);
        });
  }

  private void update(Call call, Target target, List<String> warnings) throws IOException {
    requireObject(target);
    require(target, "update");
    Views.View view = view(call, target, Offer.PROJECTIONS);
    WriteOptions.Read options = writeOptions.read(call, WriteOptions.UPDATE);
    Operation operation = operation(call, target, Operation.Verb.UPDATE, target.name(), options);
    Lens lens = registry.lens(target.resource(), target.subresource());
    collecting(
        operation,
        warnings,
        () -> {
          Tree object = decode(call, target, operation, lens);
          checkName(object, target);
          checkNamespace(object, target, lens);
          boolean conditional = !object.tree("metadata").string("resourceVersion").isEmpty();
          boolean creates = target.isMain() && target.resource().behaviour().createsOnUpdate();
          Writer.Update update = new Writer.Update(lens, current -> object.copy(), creates, false, !conditional, true, options.tree());
          answer(call, view, lens, registry.writer().update(operation, update), operation, warnings);
        });
  }

  private void patch(Call call, Target target, List<String> warnings) throws IOException {
    requireObject(target);
    require(target, "patch");
    Patches.Type type = patches.type(call, target.resource());
    Views.View view = view(call, target, Offer.PROJECTIONS);
    WriteOptions.Read options = writeOptions.read(call, type == Patches.Type.APPLY ? WriteOptions.APPLY : WriteOptions.PATCH);
    Operation operation = operation(call, target, Operation.Verb.UPDATE, target.name(), options);
    Lens lens = registry.lens(target.resource(), target.subresource());
    collecting(
        operation,
        warnings,
        () -> {
          byte[] patch = bodies.bytes(call);
          call.audit().patch(patch);
          boolean applies = type == Patches.Type.APPLY;
          Writer.Change change = patches.change(type, patch, operation, expected(target, lens), lens);
          Writer.Change named =
              current -> {
                Tree patched = change.apply(current);
                checkName(patched, target);
                return patched;
              };
          boolean creates = applies && target.isMain();
          Lens through = applies ? patches.ownership().owned(operation, lens) : lens;
          Writer.Update update = new Writer.Update(through, named, creates, applies, true, false, options.tree());
          answer(call, view, lens, registry.writer().update(operation, update), operation, warnings);
        });
  }

  private void answer(Call call, Views.View view, Lens lens, Writer.Written written, Operation operation, List<String> warnings)
      throws IOException {
    warnings.addAll(operation.warnings());
    byte[] body = lens.isWhole() ? registry.views().written(view, written) : registry.views().object(view, lens.view(written.object()));
    responses.send(call, written.created() ? 201 : 200, view.representation(), body, warnings);
  }

  private Tree decode(Call call, Target target, Operation operation) throws IOException {
    return decode(call, target, operation, Lens.OBJECT);
  }

  private Tree decode(Call call, Target target, Operation operation, Lens lens) throws IOException {
    Bodies.Expected expected = expected(target, lens);
    Tree object = bodies.object(call, expected, operation.options().fieldValidation(), operation::warn);
    if (lens.viewKind().isEmpty()) {
      Forms.applyDefaults(expected.schema(), expected.custom(), object);
      target.resource().behaviour().applyDefaults(object, target.version());
    }
    return object;
  }

  private Bodies.Expected expected(Target target, Lens lens) {
    Resource resource = target.resource();
    GroupVersionKind kind = lens.viewKind().orElse(resource.gvk(target.version()));
    boolean own = lens.viewKind().isEmpty();
    return new Bodies.Expected(
        kind,
        own ? resource.schema(target.version()).orElseThrow() : registry.schemas().kind(kind).orElseThrow(),
        own && resource.custom());
  }

  /** The namespace of a view that is no object of its own; that of objects is looked at where they are written. */
  private static void checkNamespace(Tree view, Target target, Lens lens) {
    String namespace = view.tree("metadata").string("namespace");
    if (lens.viewKind().isPresent() && !namespace.isEmpty() && !namespace.equals(target.namespace())) {
      throw ApiException.badRequest("the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  private static void checkName(Tree object, Target target) {
    String name = object.tree("metadata").string("name");
    if (name.isEmpty()) {
      throw ApiException.badRequest(
          "the name of the object (" + target.name() + " based on URL) was undeterminable: name must be provided");
    }
    if (!name.equals(target.name())) {
      throw ApiException.badRequest(
          "the name of the object (" + name + ") does not match the name on the URL (" + target.name() + ")");
    }
  }

  // ---- deleting ------------------------------------------------------------------------------------------------------

  private void delete(Call call, Target target, List<String> warnings) throws IOException {
    if (!target.isMain()) {
      Resource resource = target.resource();
      throw resource.custom()
          ? ApiException.methodNotSupported(resource.group(), resource.plural(), "delete") // its handler is asked, not a router
          : ApiException.methodNotAllowed();
    }
    if (target.isCollection()) {
      deleteCollection(call, target, warnings);
      return;
    }
    require(target, "delete");
    Views.View view = view(call, target, Offer.PROJECTIONS);
    WriteOptions.Read options = writeOptions.readDelete(call, bodies);
    Operation operation = operation(call, target, Operation.Verb.DELETE, target.name(), options);
    Deleter.Deleted deleted = registry.deleter().delete(operation, options.tree());
    warnings.addAll(operation.warnings());
    Resource resource = target.resource();
    if (!deleted.gone() || resource.behaviour().answersDeletedObject()) {
      Tree object = Views.inVersion(resource, target.version(), deleted.object());
      boolean accepted = !deleted.gone() && Boolean.FALSE.equals(options.tree().get("orphanDependents"));
      responses.send(call, accepted ? 202 : 200, view.representation(), registry.views().object(view, object), warnings);
      return;
    }
    responses.send(call, 200, view.representation().plain(), success(resource, deleted.object()), warnings);
  }

  private static Tree success(Resource resource, Tree object) {
    Tree details = Tree.of("name", object.tree("metadata").string("name"));
    if (!resource.group().isEmpty()) {
      details.set("group", resource.group());
    }
    details.set("kind", resource.plural()).set("uid", object.tree("metadata").string("uid"));
    return Tree.of("kind", "Status", "apiVersion", "v1", "metadata", new Tree(), "status", "Success", "details", details);
  }

  private void deleteCollection(Call call, Target target, List<String> warnings) throws IOException {
    require(target, "deletecollection");
    Resource resource = target.resource();
    if (resource.namespaced() && target.namespace().isEmpty()) {
      throw ApiException.methodNotAllowed();
    }
    Views.View view = view(call, target, Offer.PROJECTIONS);
    WriteOptions.Read options = writeOptions.readDelete(call, bodies);
    ListOptions list = ListOptions.of(call.query()::first).checked();
    Selection selection = Selection.of(resource, list);
    Lister.Page page = registry.lister().list(resource, target.namespace(), list, selection);
    List<Tree> deleted = collections.all(page.entries(), entry -> {
      Tree object = ObjectStore.tree(entry);
      Operation one = operation(call, target, Operation.Verb.DELETE, object.tree("metadata").string("name"), options);
      try {
        registry.deleter().delete(one, options.tree().copy());
        return Optional.of(Views.inVersion(resource, target.version(), object));
      } catch (ApiException e) {
        if (e.code() != 404) {
          throw e;
        }
        return Optional.empty();
      }
    });
    resource.behaviour().warningsOnDelete(options.tree()).forEach(warnings::add);
    checkListProjection(view, false);
    Tree metadata = Tree.of("resourceVersion", Long.toString(page.revision()));
    responses.send(call, 200, view.representation(), registry.views().list(view, metadata, deleted), warnings);
  }

  // ---- common --------------------------------------------------------------------------------------------------------

  private interface Action {
    void run() throws IOException;
  }

  /** Runs a write so that the warnings given before a failure reach the client as well. */
  private static void collecting(Operation operation, List<String> warnings, Action action) throws IOException {
    try {
      action.run();
    } catch (ApiException e) {
      operation.warnings().stream().filter(text -> !warnings.contains(text)).forEach(warnings::add);
      throw e;
    }
  }

  private static void require(Target target, String verb) {
    if (target.isMain() && !target.resource().can(verb)) {
      throw ApiException.methodNotAllowed();
    }
  }

  private static void requireObject(Target target) {
    if (target.isCollection()) {
      throw ApiException.methodNotAllowed();
    }
  }

  private Operation operation(Call call, Target target, Operation.Verb verb, String name, WriteOptions.Read options) {
    return new Operation(
        verb, target.resource(), target.version(), target.subresource(), target.namespace(), name, call.user(), options.options(),
            call.received())
        .noted(call.audit());
  }

  private static final Map<String, RowObject> ROW_OBJECTS =
      Map.of("", RowObject.METADATA, "Metadata", RowObject.METADATA, "None", RowObject.NONE, "Object", RowObject.OBJECT);

  private Views.View view(Call call, Target target, Offer offer) {
    Representation representation =
        Negotiation.answer(call.accept(), call.pretty(), offer, !target.resource().custom());
    RowObject rowObject = RowObject.METADATA;
    if (representation.projection() == Representation.Projection.TABLE) {
      String include = call.query().value("includeObject");
      rowObject = ROW_OBJECTS.get(include);
      if (rowObject == null) {
        throw ApiException.badRequest(
            "Unable to convert to Table as requested: includeObject: Invalid value: \"" + include
                + "\": must be 'Metadata', 'Object', 'None', or empty");
      }
    }
    return new Views.View(target.resource(), target.version(), representation, rowObject, call.received(), Lens.OBJECT);
  }
}
