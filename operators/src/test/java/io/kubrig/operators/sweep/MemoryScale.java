package io.kubrig.operators.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.stream.Collectors;

/** The scale subresource of workloads whose selector has only labels. */
final class MemoryScale {
  private MemoryScale() {}

  static String of(HasMetadata object) {
    ObjectNode tree = MemoryServer.tree(object);
    ObjectNode scale = JsonNodeFactory.instance.objectNode().put("apiVersion", "autoscaling/v1").put("kind", "Scale");
    scale.putObject("metadata").put("name", object.getMetadata().getName()).put("namespace", object.getMetadata().getNamespace())
        .put("uid", object.getMetadata().getUid()).put("resourceVersion", object.getMetadata().getResourceVersion());
    scale.putObject("spec").put("replicas", tree.at("/spec/replicas").asInt());
    scale.putObject("status").put("replicas", tree.at("/status/replicas").asInt())
        .put("selector", tree.at("/spec/selector/matchLabels").properties().stream()
            .map(label -> label.getKey() + "=" + label.getValue().asText()).collect(Collectors.joining(",")));
    return scale.toString();
  }

  /** Takes the size from a scale, if the object is still as the scale was read. */
  static String replace(MemoryServer server, HasMetadata object, JsonNode scale) {
    HasMetadata resized = MemoryServer.edit(object, tree -> tree.withObjectProperty("spec").set("replicas", scale.at("/spec/replicas")));
    resized.getMetadata().setResourceVersion(scale.at("/metadata/resourceVersion").asText());
    return of(server.update(resized, false));
  }
}
