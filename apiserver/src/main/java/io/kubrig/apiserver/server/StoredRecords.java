package io.kubrig.apiserver.server;

import io.kubrig.apiserver.kinds.Records;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.apiserver.storage.Write;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Records in the storage of the objects. */
final class StoredRecords implements Records {
  private final Storage storage;
  private final Clock clock;

  StoredRecords(Storage storage, Clock clock) {
    this.storage = storage;
    this.clock = clock;
  }

  @Override
  public Optional<Tree> get(String key) {
    return entry(key).map(entry -> Json.readTree(entry.value()));
  }

  private Optional<Entry> entry(String key) {
    return storage.keyspace().current().get(key).filter(this::lasts);
  }

  private boolean lasts(Entry entry) {
    return entry.expires() == null || entry.expires().isAfter(clock.now());
  }

  @Override
  public List<Tree> list(String prefix) {
    List<Tree> found = new ArrayList<>();
    for (Entry entry : storage.keyspace().current().list(prefix)) {
      if (lasts(entry)) {
        found.add(Json.readTree(entry.value()));
      }
    }
    return found;
  }

  @Override
  public void revise(String key, UnaryOperator<Tree> change, Duration life) {
    Optional<Entry> current = storage.keyspace().current().get(key);
    while (true) {
      Tree before = current.filter(this::lasts).map(entry -> Json.readTree(entry.value())).orElseGet(Tree::new);
      Tree after = change.apply(before.copy());
      if (after.equals(before)) {
        return;
      }
      Instant expires = life.isZero() ? null : clock.now().plus(life);
      long expected = current.map(Entry::modified).orElse(0L);
      switch (commit(new Write.Put(key, expected, Json.write(stored(after)), expires, null))) {
        case Outcome.Committed ignored -> {
          return;
        }
        case Outcome.Conflict conflict -> current = conflict.current();
      }
    }
  }

  /** Kind, apiVersion and metadata first, without resource version: where storage puts that in. */
  private static Tree stored(Tree object) {
    Tree metadata = object.tree("metadata").copy();
    metadata.remove("resourceVersion");
    Tree stored = Tree.of("kind", object.string("kind"), "apiVersion", object.string("apiVersion"), "metadata", metadata);
    object.forEach(stored::add);
    return stored;
  }

  @Override
  public boolean remove(String key) {
    Optional<Entry> current = storage.keyspace().current().get(key);
    boolean lasted = current.filter(this::lasts).isPresent();
    while (current.isPresent()) {
      switch (commit(new Write.Delete(key, current.get().modified()))) {
        case Outcome.Committed ignored -> {
          return lasted;
        }
        case Outcome.Conflict conflict -> current = conflict.current();
      }
    }
    return false;
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
