package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.CompactedException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Keyspace;
import io.kubrig.apiserver.storage.Snapshot;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads collections: which state, which part of it, which objects. (Source: apiserver/pkg/storage/etcd3/store.go, cacher.) */
public final class Lister {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final ObjectStore store;

  public Lister(ObjectStore store) {
    this.store = store;
  }

  /**
   * One page of a collection.
   *
   * @param entries in key order
   * @param next the token of the next page, "" on the last one
   * @param remaining how many objects follow; empty when a selector makes that unknown or nothing follows
   */
  public record Page(List<Entry> entries, long revision, String next, Optional<Long> remaining) {}

  public Page list(Resource resource, String namespace, ListOptions options, Selection selection) {
    String prefix = resource.prefix(namespace);
    Snapshot snapshot;
    String from = prefix;
    if (options.continueToken().isEmpty()) {
      snapshot = snapshot(options);
    } else {
      ContinueToken token = ContinueToken.decode(options.continueToken(), prefix);
      if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals("0")) {
        throw ApiException.badRequest("specifying resource version is not allowed when using continue");
      }
      snapshot = continued(token, prefix, from);
      from = token.start();
    }
    return selection.singleName().isPresent()
        ? one(resource, namespace, selection, snapshot)
        : page(resource, prefix, from, pageSize(options), selection, snapshot);
  }

  /** Version 0 asks for whatever is at hand, and gets it whole. */
  private static long pageSize(ListOptions options) {
    return options.resourceVersion().equals("0") ? 0 : options.limit();
  }

  /** All selected objects of one state. */
  Page list(Resource resource, String namespace, Selection selection, Snapshot snapshot) {
    String prefix = resource.prefix(namespace);
    return selection.singleName().isPresent()
        ? one(resource, namespace, selection, snapshot)
        : page(resource, prefix, prefix, 0, selection, snapshot);
  }

  /** A selection of one name needs no scan when the namespace is known. */
  private static Page one(Resource resource, String namespace, Selection selection, Snapshot snapshot) {
    String name = selection.singleName().orElseThrow();
    if (resource.namespaced() && namespace.isEmpty()) {
      return page(resource, resource.prefix(""), resource.prefix(""), 0, selection, snapshot);
    }
    List<Entry> found = new ArrayList<>(1);
    snapshot
        .get(resource.key(namespace, name))
        .filter(entry -> selection.test(ObjectStore.facts(resource, entry)))
        .ifPresent(found::add);
    return new Page(found, snapshot.revision(), "", Optional.empty());
  }

  private static Page page(Resource resource, String prefix, String from, long limit, Selection selection, Snapshot snapshot) {
    List<Entry> entries = new ArrayList<>();
    String[] next = new String[1];
    snapshot.scan(
        prefix,
        from,
        entry -> {
          if (limit > 0 && entries.size() == limit) {
            next[0] = entry.key();
            return false;
          }
          if (selection.everything() || selection.test(ObjectStore.facts(resource, entry))) {
            entries.add(entry);
          }
          return true;
        });
    if (next[0] == null) {
      return new Page(entries, snapshot.revision(), "", Optional.empty());
    }
    String token = new ContinueToken(snapshot.revision(), next[0]).encode(prefix);
    Optional<Long> remaining = selection.everything() ? Optional.of((long) snapshot.count(prefix, next[0])) : Optional.empty();
    return new Page(entries, snapshot.revision(), token, remaining);
  }

  private Snapshot snapshot(ListOptions options) {
    Keyspace keyspace = store.storage().keyspace();
    long revision = options.revision();
    if (revision == 0) {
      return options.resourceVersion().isEmpty() ? newest() : keyspace.current();
    }
    if (!options.exact()) {
      return atLeast(revision);
    }
    try {
      return at(revision);
    } catch (CompactedException e) {
      throw ApiException.expired("The resourceVersion for the provided list is too old.");
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** The state that holds every write acknowledged before now, whoever made it. */
  public Snapshot newest() {
    try {
      return atLeast(store.storage().latest());
    } catch (IOException e) {
      throw ApiException.internal("the storage could not tell its revision: " + e.getMessage());
    }
  }

  /** The current state once it has reached a revision. */
  public Snapshot atLeast(long revision) {
    Keyspace keyspace = store.storage().keyspace();
    if (revision > keyspace.revision()) {
      try {
        keyspace.at(revision, PATIENCE);
      } catch (InterruptedException e) {
        throw interrupted();
      } catch (CompactedException e) {
        throw new IllegalStateException("a revision ahead of the current one cannot be compacted", e);
      }
      if (keyspace.revision() < revision) {
        throw tooLarge(revision, keyspace.revision(), Tree.of("retryAfterSeconds", 1L));
      }
    }
    return keyspace.current();
  }

  private Snapshot continued(ContinueToken token, String prefix, String from) {
    if (token.revision() < 0) {
      return newest();
    }
    try {
      return at(token.revision());
    } catch (CompactedException e) {
      String anew = new ContinueToken(-1, token.start()).encode(prefix);
      throw new ApiException(
          410,
          "Expired",
          "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue"
              + " parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the"
              + " provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the"
              + " first chunk was returned and now may show up in the list.",
          new Tree(),
          anew);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** The state at exactly this revision, which must not lie in the future. */
  private Snapshot at(long revision) throws CompactedException, InterruptedException {
    Keyspace keyspace = store.storage().keyspace();
    long latest = Math.max(keyspace.revision(), revision > keyspace.revision() ? newest().revision() : 0);
    if (revision > latest) {
      throw tooLarge(revision, latest, new Tree());
    }
    return keyspace.at(revision, PATIENCE);
  }

  private static ApiException tooLarge(long revision, long current, Tree retry) {
    Tree cause = Tree.of("reason", "ResourceVersionTooLarge", "message", "Too large resource version");
    Tree details = Tree.of("causes", new ArrayList<Object>(List.of(cause)));
    retry.forEach(details::set);
    return new ApiException(504, "Timeout", "Timeout: Too large resource version: " + revision + ", current: " + current, details);
  }

  private static ApiException interrupted() {
    Thread.currentThread().interrupt();
    return ApiException.serviceUnavailable("the server is shutting down");
  }
}
