package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.apiserver.storage.Write;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Objects as trees over a {@link Storage}: the only place that turns one into the other. */
public final class ObjectStore {
  /** What etcd takes in one request by default. */
  private static final int MAX_BYTES = 1536 << 10;

  private final Storage storage;

  public ObjectStore(Storage storage) {
    this.storage = storage;
  }

  public Storage storage() {
    return storage;
  }

  public Optional<Entry> entry(Resource resource, String namespace, String name) {
    return storage.keyspace().current().get(resource.key(namespace, name));
  }

  /** The current object in its storage version; a copy of its own. */
  public Optional<Tree> get(Resource resource, String namespace, String name) {
    return entry(resource, namespace, name).map(ObjectStore::tree);
  }

  /** The object of an entry in its storage version; a copy of its own. */
  public static Tree tree(Entry entry) {
    return Json.readTree(entry.value());
  }

  /** The facts of an entry, extracted on first demand. */
  public static Facts facts(Resource resource, Entry entry) {
    if (entry.facts() instanceof Facts facts) {
      return facts;
    }
    Facts facts = Facts.of(resource, tree(entry));
    entry.facts(facts);
    return facts;
  }

  /**
   * Writes an object that is in its storage version.
   *
   * @param expected the revision that the key must be at, 0 when it must not exist
   */
  public Outcome put(Resource resource, Tree object, long expected, Instant now) {
    Tree metadata = object.tree("metadata");
    String key = resource.key(metadata.string("namespace"), metadata.string("name"));
    Instant expires = resource.behaviour().timeToLive(object).map(now::plus).orElse(null);
    byte[] value = Json.writeObject(stored(resource, object));
    if (value.length > MAX_BYTES) {
      throw new ApiException(500, "", "etcdserver: request is too large", Tree.empty());
    }
    return commit(new Write.Put(key, expected, value, expires, Facts.of(resource, object)));
  }

  public Outcome delete(Entry entry) {
    return commit(new Write.Delete(entry.key(), entry.modified()));
  }

  /** The layout that storage splices the resource version into: kind, apiVersion, metadata first, no resource version. */
  private static Tree stored(Resource resource, Tree object) {
    Tree stored = Tree.of("kind", resource.kind(), "apiVersion", resource.storageApiVersion());
    Tree metadata = new Tree();
    object
        .tree("metadata")
        .forEach(
            (name, value) -> {
              if (!name.equals("resourceVersion")) {
                metadata.set(name, value);
              }
            });
    stored.set("metadata", metadata);
    object.forEach(stored::add);
    return stored;
  }

  private Outcome commit(Write write) {
    try {
      return storage.commit(write);
    } catch (IOException e) {
      throw ApiException.internal("the storage could not write: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.serviceUnavailable("the server is shutting down");
    }
  }
}
