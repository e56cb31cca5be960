package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What must hold after every change of a story, not just in the end. */
final class Invariants {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final Scene scene;
  private final Instant begin;
  private final JsonNode invariant;
  private final TreeMap<String, JsonNode> pods = new TreeMap<>();
  private final Set<String> created = new HashSet<>();

  private Invariants(Scene scene, Instant begin, JsonNode invariant) {
    this.scene = scene;
    this.begin = begin;
    this.invariant = invariant;
  }

  /** Protests unless an invariant held all the time. */
  static void check(Scene scene, Instant begin, JsonNode invariant) {
    Invariants check = new Invariants(scene, begin, invariant);
    if (invariant.path("invariant").asText().equals("maxDesired")) {
      check.desired();
    } else {
      check.pods();
    }
  }

  private int value() {
    return invariant.path("value").asInt();
  }

  private Instant from() {
    return invariant.has("from") ? scene.marked(invariant.get("from").asText()) : Instant.MIN;
  }

  private StoryException broken(Ledger.Change change, String what) {
    Duration at = Duration.between(begin, change.at());
    return new StoryException("invariant %s: %s at %.2f s".formatted(invariant, what, at.toMillis() / 1000.0));
  }

  /** The sum of the replicas that ReplicaSets want. */
  private void desired() {
    Map<String, Integer> wanted = new HashMap<>();
    for (Ledger.Change change : scene.log()) {
      if (change.kind().equals("ReplicaSet") && Selection.matches(change.object(), invariant.path("select"))) {
        String name = change.object().path("metadata").path("name").asText();
        wanted.put(name, change.isDeletion() ? 0 : change.object().path("spec").path("replicas").asInt(1));
        if (!change.at().isBefore(from()) && wanted.values().stream().mapToInt(Integer::intValue).sum() > value()) {
          throw broken(change, "ReplicaSets want " + wanted);
        }
      }
    }
    if (wanted.isEmpty()) {
      throw new StoryException("invariant " + invariant + ": no ReplicaSet was seen");
    }
  }

  private void pods() {
    Instant to = invariant.has("to") ? scene.marked(invariant.get("to").asText()) : Instant.MAX;
    boolean seen = false;
    for (Ledger.Change change : scene.log()) {
      if (!change.kind().equals("Pod") || !Selection.matches(change.object(), invariant.path("select"))) {
        continue;
      }
      String name = change.object().path("metadata").path("name").asText();
      JsonNode before = change.isDeletion() ? pods.remove(name) : pods.put(name, change.object());
      if (change.at().isBefore(from()) || change.at().isAfter(to)) {
        continue;
      }
      seen = true;
      if (change.type().equals("ADDED")) {
        created.add(change.object().path("metadata").path("uid").asText());
      }
      holds(change, name, before);
    }
    if (invariant.path("invariant").asText().equals("created")) {
      int least = invariant.path("min").asInt(value());
      int most = invariant.path("max").asInt(value());
      if (created.size() < least || created.size() > most) {
        throw new StoryException("invariant " + invariant + ": " + created.size() + " pods were created");
      }
    } else if (!seen) {
      throw new StoryException("invariant " + invariant + ": no pod was seen");
    }
  }

  private List<JsonNode> live() {
    return pods.values().stream().filter(pod -> !isEnding(pod) && !ENDED.contains(pod.path("status").path("phase").asText())).toList();
  }

  private static boolean isEnding(JsonNode pod) {
    return pod.path("metadata").has("deletionTimestamp");
  }

  private static int ordinal(String name) {
    return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
  }

  private void holds(Ledger.Change change, String name, JsonNode before) {
    switch (invariant.path("invariant").asText()) {
      case "maxPods" -> most(change, live().size());
      case "maxTotalPods" -> most(change, pods.size());
      case "minReady" -> {
        long ready = live().stream().filter(Selection::isReady).count();
        if (ready < value()) {
          throw broken(change, ready + " ready pods");
        }
      }
      case "orderedCreate" -> {
        for (int i = invariant.path("start").asInt(); change.type().equals("ADDED") && i < ordinal(name); i++) {
          JsonNode earlier = pods.get(name.substring(0, name.lastIndexOf('-') + 1) + i);
          if (earlier == null || !Selection.isReady(earlier)) {
            throw broken(change, name + " created while -" + i + " was " + (earlier == null ? "absent" : "not ready"));
          }
        }
      }
      case "orderedDelete" -> {
        boolean begins = isEnding(change.object()) && (before == null || !isEnding(before)) && !change.isDeletion();
        if (begins && pods.keySet().stream().anyMatch(other -> ordinal(other) > ordinal(name))) {
          throw broken(change, name + " deleted before those after it");
        }
      }
      case "oneTerminating" -> {
        long ending = pods.values().stream().filter(Invariants::isEnding).count();
        if (ending > invariant.path("value").asInt(1)) {
          throw broken(change, ending + " pods end at once");
        }
      }
      case "noOverlap" -> {
        String label = invariant.path("label").asText();
        Set<String> values = pods.values().stream().map(pod -> pod.path("metadata").path("labels").path(label).asText())
            .collect(Collectors.toSet());
        if (values.size() > 1) {
          throw broken(change, "pods of " + values + " together");
        }
      }
      case "perNode" -> {
        Map<String, List<JsonNode>> nodes = new HashMap<>();
        live().forEach(pod -> nodes.computeIfAbsent(pod.path("spec").path("nodeName").asText(), n -> new ArrayList<>()).add(pod));
        nodes.remove("");
        nodes.values().forEach(there -> most(change, there.size()));
      }
      case "created" -> { }
      default -> throw new IllegalArgumentException("unknown invariant " + invariant);
    }
  }

  private void most(Ledger.Change change, int count) {
    if (count > value()) {
      throw broken(change, count + " pods");
    }
  }
}
