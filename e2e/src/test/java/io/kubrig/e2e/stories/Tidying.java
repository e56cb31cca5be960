package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.e2e.stories.Wire.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Removes what a story leaves behind, so that the next one begins in an empty cluster. */
final class Tidying {
  private static final ObjectNode FREED = Json.object("{\"metadata\": {\"finalizers\": null}}");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Wire wire;
  private final StoryCluster cluster;
  private final Scene scene;
  private final List<String> made = new ArrayList<>(); // paths, first made first
  private final List<String> nodes = new ArrayList<>();

  Tidying(StoryCluster cluster, Scene scene) {
    this.cluster = cluster;
    this.wire = cluster.wire();
    this.scene = scene;
  }

  /** An object outside of the story's namespace was made. */
  void made(String path) {
    made.add(path);
  }

  void node(String name) {
    nodes.add(name);
    scene.own("Node/" + name);
  }

  /** Kind and name, or kind, namespace and name. */
  private String path(String reference, String namespace) {
    String[] parts = reference.split("/+");
    return parts.length > 2 ? wire.path(parts[0], parts[1], parts[2]) : wire.path(parts[0], namespace, parts[1]);
  }

  /** Objects with fixed names that the story calls its own are not there when it begins. */
  void before(JsonNode own, UnaryOperator<JsonNode> filled) {
    for (JsonNode reference : filled.apply(own)) {
      scene.own(reference.asText());
      String path = path(reference.asText(), null);
      wire.tryTo(Ask.delete(path, null));
      cluster.await(PATIENCE, () -> wire.ifThere(Ask.get(path)).isEmpty());
    }
  }

  void after(JsonNode unfinalize, UnaryOperator<JsonNode> filled) {
    String namespace = scene.namespace();
    filled.apply(unfinalize).forEach(reference -> free(path(reference.asText(), namespace)));
    made.reversed().forEach(path -> wire.tryTo(Ask.delete(path, null)));
    scene.owned().forEach(reference -> wire.tryTo(Ask.delete(path(reference, null), null)));
    for (JsonNode pod : scene.objects("Pod")) {
      String path = wire.path("Pod", pod.path("metadata").path("namespace").asText(), pod.path("metadata").path("name").asText());
      wire.tryTo(Ask.delete(path, Json.object("{\"kind\": \"DeleteOptions\", \"apiVersion\": \"v1\", \"gracePeriodSeconds\": 0}")));
      if (pod.path("metadata").has("finalizers")) {
        free(path);
      }
    }
    nodes.forEach(cluster.nodes()::down);
    for (String kind : cluster.ledger().kinds()) {
      for (JsonNode object : kind.equals("Event") || kind.equals("Node") ? List.<JsonNode>of() : scene.objects(kind)) {
        JsonNode metadata = object.path("metadata");
        if (metadata.path("finalizers").valueStream().anyMatch(finalizer -> finalizer.asText().startsWith("example.test/"))) {
          free(wire.path(kind, metadata.path("namespace").asText(), metadata.path("name").asText()));
        }
      }
    }
    wire.tryTo(Ask.delete(wire.path("Namespace", null, namespace), null));
    cluster.pass(Duration.ofSeconds(2));
  }

  private void free(String path) {
    wire.tryTo(Ask.patch(path, FREED, Wire.MERGE));
  }
}
