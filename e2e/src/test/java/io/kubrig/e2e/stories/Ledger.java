package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.e2e.stories.Wire.Ask;
import io.kubrig.machinery.clock.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a cluster has shown to those who watch it: all objects of the kinds that are asked for, as they are now. Safe for all threads. */
final class Ledger {
  private static final String WATCH = "?watch=1&allowWatchBookmarks=false&timeoutSeconds=8640000&resourceVersion=";

  private final Wire wire;
  private final Clock clock;
  // guarded by this
  private final Map<String, TreeMap<String, JsonNode>> objects = new HashMap<>();
  private final Set<Reader> readers = new HashSet<>();

  Ledger(Wire wire, Clock clock) {
    this.wire = wire;
    this.clock = clock;
  }

  /** A change. @param type ADDED, MODIFIED or DELETED */
  record Change(Instant at, String type, String kind, JsonNode object) {
    boolean isDeletion() {
      return type.equals("DELETED");
    }
  }

  /** Is told of every change, one after the other. */
  interface Reader {
    void saw(Change change);
  }

  synchronized void add(Reader reader) {
    readers.add(reader);
  }

  synchronized void remove(Reader reader) {
    readers.remove(reader);
  }

  /** Begins to watch a kind, unless that is done already. */
  void watch(String kind) {
    synchronized (this) {
      if (objects.putIfAbsent(kind, new TreeMap<>()) != null) {
        return;
      }
    }
    String path = wire.path(kind, null);
    JsonNode list = wire.send(Ask.get(path));
    String version = wire.kind(kind).base().replaceFirst("^/apis?/", "");
    list.path("items").forEach(item -> changed("ADDED", kind, ((ObjectNode) item).put("kind", kind).put("apiVersion", version)));
    wire.watch(path + WATCH + list.path("metadata").path("resourceVersion").asText(),
        event -> changed(event.path("type").asText(), kind, event.path("object")));
  }

  private void changed(String type, String kind, JsonNode object) {
    if (type.equals("ERROR")) {
      throw new IllegalStateException("the watch of " + kind + " ended: " + object);
    }
    JsonNode metadata = object.path("metadata");
    String key = metadata.path("namespace").asText() + "/" + metadata.path("name").asText();
    synchronized (this) {
      if (type.equals("DELETED")) {
        objects.get(kind).remove(key);
      } else {
        objects.get(kind).put(key, object);
      }
      Change change = new Change(clock.now(), type, kind, object);
      readers.forEach(reader -> reader.saw(change));
    }
  }

  synchronized List<JsonNode> all(String kind) {
    return new ArrayList<>(objects.getOrDefault(kind, new TreeMap<>()).values());
  }

  synchronized Set<String> kinds() {
    return Set.copyOf(objects.keySet());
  }
}
