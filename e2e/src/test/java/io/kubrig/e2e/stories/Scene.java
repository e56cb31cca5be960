package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What belongs to one story: its namespace, objects of all kinds that carry its name, and those that it calls its own. Remembers every
 * change and how generated names and uids are told apart. Safe for all threads.
 */
final class Scene implements Ledger.Reader {
  private static final int LONGEST_PREFIX = 58;

  private final Ledger ledger;
  private final String namespace;
  private final Consumer<JsonNode> pods;
  // guarded by this
  private final Set<String> own = new HashSet<>();
  private final Map<String, String> generated = new HashMap<>();
  private final Map<String, String> uids = new HashMap<>();
  private final Map<String, Instant> marks = new HashMap<>();
  private final List<Ledger.Change> log = new ArrayList<>();
  private long changes;

  /** @param pods is told of each pod that is new or changed */
  Scene(Ledger ledger, String namespace, Consumer<JsonNode> pods) {
    this.ledger = ledger;
    this.namespace = namespace;
    this.pods = pods;
  }

  String namespace() {
    return namespace;
  }

  /** @param reference kind/name or kind/namespace/name */
  synchronized void own(String reference) {
    own.add(reference);
  }

  synchronized List<String> owned() {
    return List.copyOf(own);
  }

  synchronized void names(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    uids.putIfAbsent(metadata.path("uid").asText(), object.path("kind").asText() + "/" + metadata.path("name").asText()
        .replace(namespace, "$NS"));
  }

  synchronized void mark(String name, Instant time) {
    marks.put(name, time);
  }

  synchronized Instant marked(String name) {
    return marks.getOrDefault(name, Instant.MIN);
  }

  synchronized List<Ledger.Change> log() {
    return List.copyOf(log);
  }

  /** Grows with every change. */
  synchronized long changes() {
    return changes;
  }

  /** Generated names with what they were generated from, an asterisk for the rest. */
  synchronized Map<String, String> generated() {
    return Map.copyOf(generated);
  }

  /** The kind and name of a uid. */
  synchronized Optional<String> named(String uid) {
    return Optional.ofNullable(uids.get(uid));
  }

  List<JsonNode> objects(String kind) {
    return ledger.all(kind).stream().filter(object -> isPart(kind, object)).toList();
  }

  private synchronized boolean isPart(String kind, JsonNode object) {
    String name = object.path("metadata").path("name").asText();
    String within = object.path("metadata").path("namespace").asText();
    if (kind.equals("Event")) {
      JsonNode about = object.path("involvedObject");
      String subject = about.path("name").asText();
      return within.equals(namespace)
          || within.equals("default") && (subject.contains(namespace) || own.contains(about.path("kind").asText() + "/" + subject));
    }
    if (kind.equals("VolumeAttachment") && own.contains("Node/" + object.path("spec").path("nodeName").asText())) {
      return true;
    }
    if (!within.isEmpty()) {
      return within.equals(namespace) || within.startsWith(namespace + "-") || own.contains(kind + "/" + within + "/" + name);
    }
    return name.contains(namespace) || own.contains(kind + "/" + name);
  }

  @Override
  public void saw(Ledger.Change change) {
    JsonNode object = change.object();
    synchronized (this) {
      if (!isPart(change.kind(), object)) {
        return;
      }
      changes++;
      if (!change.kind().equals("Event")) {
        note(change.kind(), object.path("metadata"));
        log.add(change);
      }
    }
    if (change.kind().equals("Pod") && !change.isDeletion()) {
      pods.accept(object);
    }
  }

  private synchronized void note(String kind, JsonNode metadata) {
    String prefix = metadata.path("generateName").asText();
    prefix = prefix.substring(0, Math.min(LONGEST_PREFIX, prefix.length()));
    String name = metadata.path("name").asText();
    if (!prefix.isEmpty() && name.startsWith(prefix)) {
      generated.putIfAbsent(name, prefix + "*");
    }
    uids.putIfAbsent(metadata.path("uid").asText(), kind + "/" + generated.getOrDefault(name, name).replace(namespace, "$NS"));
  }
}
