package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.negotiation.Encoder;
import io.kubrig.apiserver.negotiation.MediaType;
import io.kubrig.apiserver.negotiation.Projections;
import io.kubrig.apiserver.negotiation.Representation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.protobuf.Protobuf;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What clients see of stored objects: in their version, projection and encoding. Plain JSON in the storage version is the stored bytes
 * themselves, for single objects, lists and watch events alike.
 */
public final class Views {
  private final Encoder encoder;

  public Views(Encoder encoder) {
    this.encoder = encoder;
  }

  /**
   * How objects of one resource are to be seen.
   *
   * @param rowObject what table rows carry
   * @param lens through which path objects are seen
   */
  public record View(
      Resource resource, String version, Representation representation, Projections.RowObject rowObject, Instant now, Lens lens) {

    /** The same through another path. */
    public View through(Lens other) {
      return new View(resource, version, representation, rowObject, now, other);
    }

    private Projections.TableForm tableForm(boolean withColumns) {
      TableColumns columns = lens.columns().orElseGet(() -> resource.behaviour().columns(version));
      return new Projections.TableForm(columns, rowObject, withColumns, representation.projectionApiVersion(), now);
    }

    /** Whether what is shown is a protobuf message of the whole object, which is kept beside the stored bytes. */
    boolean isStoredMessage() {
      return representation.mediaType() == MediaType.PROTOBUF
          && representation.projection() == Representation.Projection.OBJECT
          && !resource.custom();
    }

    GroupVersionKind listKind() {
      return GroupVersionKind.of(resource.apiVersion(version), resource.listKind());
    }

    boolean isStored() {
      return representation.mediaType() == MediaType.JSON
          && !representation.pretty()
          && representation.projection() == Representation.Projection.OBJECT
          && asStored(resource, version);
    }
  }

  private static boolean asStored(Resource resource, String version) {
    return resource.isStoredAs(version) && resource.behaviour().readsAsStored(version);
  }

  /** The object in the version of the view; {@code stored} is in the storage version and may be changed. */
  public static Tree inVersion(Resource resource, String version, Tree stored) {
    return asStored(resource, version)
        ? stored
        : resource.behaviour().convert(stored, resource.storageApiVersion(), resource.apiVersion(version));
  }

  /** As {@link #inVersion(Resource, String, Tree)} for several objects, which a webhook converts in one call. */
  public static List<Tree> inVersion(Resource resource, String version, List<Tree> stored) {
    return asStored(resource, version)
        ? stored
        : resource.behaviour().convertAll(stored, resource.storageApiVersion(), resource.apiVersion(version));
  }

  public byte[] entry(View view, Entry entry) {
    if (view.isStored()) {
      return entry.value();
    }
    if (view.isStoredMessage()) {
      return Protobuf.envelop(view.resource().gvk(view.version()), message(view, entry));
    }
    return object(view, inVersion(view.resource(), view.version(), ObjectStore.tree(entry)));
  }

  /** The protobuf message of an entry, made once for all who ask in the same version. */
  private byte[] message(View view, Entry entry) {
    GroupVersionKind kind = view.resource().gvk(view.version());
    return entry.message(kind.apiVersion(),
        () -> encoder.message(kind, inVersion(view.resource(), view.version(), ObjectStore.tree(entry))));
  }

  /** What a write answers: the stored bytes themselves where they are what the view shows. */
  public byte[] written(View view, Writer.Written written) {
    return view.isStored() && written.stored() != null ? written.stored().value() : object(view, written.object());
  }

  /** An object that is already in the version of the view. */
  public byte[] object(View view, Tree object) {
    if (view.representation().projection() == Representation.Projection.METADATA_LIST) {
      throw ApiException.notAcceptable(
          "you requested PartialObjectMetadataList, but the requested object is not a list (" + view.resource().kind() + ")");
    }
    String version = object.tree("metadata").string("resourceVersion");
    Tree listMetadata = version.isEmpty() ? new Tree() : Tree.of("resourceVersion", version);
    return encoder.encode(projected(view, object, listMetadata, true), view.representation());
  }

  private static Tree projected(View view, Tree object, Tree listMetadata, boolean withColumns) {
    return switch (view.representation().projection()) {
      case OBJECT -> object;
      case METADATA, METADATA_LIST -> Projections.metadata(object, view.representation().projectionApiVersion());
      case TABLE -> Projections.table(List.of(object), listMetadata, view.tableForm(withColumns));
    };
  }

  /** A list that is made of stored bytes, or of messages kept beside them; empty where the view shows something else. */
  public Optional<Exchange.LargeBody> storedList(View view, Lister.Page page) {
    if (view.isStoredMessage()) {
      List<byte[]> messages = new ArrayList<>(page.entries().size());
      page.entries().forEach(entry -> messages.add(message(view, entry)));
      return Optional.of(new StoredMessages(encoder.protobufList(view.listKind(), listMetadata(page), messages)));
    }
    if (!view.isStored()) {
      return Optional.empty();
    }
    Resource resource = view.resource();
    Tree metadata = withContinue(view, listMetadata(page));
    return Optional.of(new StoredList(resource.listKind(), resource.apiVersion(view.version()), metadata, page.entries(),
        resource.custom()));
  }

  /** The list of a page as the view shows it, but for {@link #storedList}. */
  public byte[] list(View view, Lister.Page page) {
    Tree metadata = listMetadata(page);
    List<Tree> objects = new ArrayList<>(page.entries().size());
    page.entries().forEach(entry -> objects.add(ObjectStore.tree(entry)));
    return list(view, metadata, inVersion(view.resource(), view.version(), objects));
  }

  /** A list of objects that are already in the version of the view. */
  public byte[] list(View view, Tree metadata, List<Tree> objects) {
    Tree list =
        switch (view.representation().projection()) {
          case OBJECT -> plainList(view, metadata, objects);
          case METADATA, METADATA_LIST -> Projections.metadataList(objects, metadata, view.representation().projectionApiVersion());
          case TABLE -> Projections.table(objects, metadata, view.tableForm(true));
        };
    return encoder.encode(list, view.representation());
  }

  /** Lists of custom resources always say where they continue, even nowhere. */
  private static Tree withContinue(View view, Tree metadata) {
    if (view.resource().custom()) {
      metadata.fill("continue", "");
    }
    return metadata;
  }

  private static Tree plainList(View view, Tree metadata, List<Tree> objects) {
    List<Object> items = new ArrayList<>(objects.size());
    for (Tree object : objects) {
      if (!view.resource().custom()) {
        object.remove("kind");
        object.remove("apiVersion");
      }
      items.add(object);
    }
    return Tree.of(
        "kind",
        view.resource().listKind(),
        "apiVersion",
        view.resource().apiVersion(view.version()),
        "metadata",
        withContinue(view, metadata),
        "items",
        items);
  }

  private static Tree listMetadata(Lister.Page page) {
    Tree metadata = Tree.of("resourceVersion", Long.toString(page.revision()));
    if (!page.next().isEmpty()) {
      metadata.set("continue", page.next());
    }
    page.remaining().ifPresent(count -> metadata.set("remainingItemCount", count));
    return metadata;
  }

  // ---- events --------------------------------------------------------------------------------------------------------

  /**
   * One frame of a watch: {@code {"type":…,"object":…}} and a line end.
   *
   * @param revision what the object's resource version is to be: a deletion's own, where the last state has an older one
   */
  public byte[] event(View view, String type, Entry entry, Optional<Long> revision, boolean withColumns) {
    byte[] object;
    if (view.isStored() && revision.isEmpty()) {
      object = entry.value();
    } else {
      Tree tree = inVersion(view.resource(), view.version(), ObjectStore.tree(entry));
      revision.ifPresent(number -> tree.need("metadata").set("resourceVersion", Long.toString(number)));
      Tree listMetadata = Tree.of("resourceVersion", tree.tree("metadata").string("resourceVersion"));
      return frame(view.representation(), type, projected(view, tree, listMetadata, withColumns));
    }
    return jsonFrame(type, object);
  }

  /** A frame that carries any object: a bookmark, or the Status of an error. */
  public byte[] frame(Representation representation, String type, Tree object) {
    return switch (representation.mediaType()) {
      case JSON -> jsonFrame(type, Json.write(object));
      case YAML -> ("object:\n" + indented(object) + "type: " + type + "\n").getBytes(StandardCharsets.UTF_8);
      case PROTOBUF -> encoder.watchFrame(type, object);
    };
  }

  /** A bookmark's table: no rows but one that carries the bookmark's metadata. */
  Tree bookmarkTable(View view, Tree object, boolean withColumns) {
    Tree table =
        Projections.table(
            List.of(),
            Tree.of("resourceVersion", object.tree("metadata").string("resourceVersion")),
            view.tableForm(withColumns));
    Tree row = Tree.of("cells", new ArrayList<Object>(), "object",
        Projections.metadata(object, view.representation().projectionApiVersion()));
    return table.set("rows", new ArrayList<Object>(List.of(row)));
  }

  private static String indented(Tree object) {
    return io.kubrig.machinery.yaml.Yaml.write(object).indent(2);
  }

  private static byte[] jsonFrame(String type, byte[] object) {
    byte[] head = ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
    byte[] frame = new byte[head.length + object.length + 2];
    System.arraycopy(head, 0, frame, 0, head.length);
    System.arraycopy(object, 0, frame, head.length, object.length);
    frame[frame.length - 2] = '}';
    frame[frame.length - 1] = '\n';
    return frame;
  }
}
