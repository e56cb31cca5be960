package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** The likeness of what some kinds carry beside spec and status: data, endpoints, subsets. */
final class DataShape {
  private static final String CERTIFICATE = "BEGIN CERTIFICATE";

  private final UnaryOperator<String> text;
  private final Likeness.Habits habits;

  DataShape(UnaryOperator<String> text, Likeness.Habits habits) {
    this.text = text;
    this.habits = habits;
  }

  void shape(String kind, ObjectNode shape) {
    switch (kind) {
      case "Secret" -> secret(shape);
      case "ConfigMap" -> {
        if (shape.path("data").path("ca.crt").asText().contains(CERTIFICATE)) {
          ((ObjectNode) shape.get("data")).set("ca.crt", certificate(shape.get("data").get("ca.crt").asText()));
        }
      }
      case "EndpointSlice" -> {
        shape.path("endpoints").forEach(DataShape::endpoint);
        shape.set("endpoints", byText(shape.path("endpoints")));
        shape.set("ports", Json.sorted(shape.path("ports")));
      }
      case "Endpoints" -> {
        for (JsonNode subset : shape.path("subsets")) {
          for (String list : List.of("addresses", "notReadyAddresses")) {
            if (subset.has(list)) {
              subset.path(list).forEach(DataShape::endpoint);
              ((ObjectNode) subset).set(list, byText(subset.get(list)));
            }
          }
          ((ObjectNode) subset).set("ports", Json.sorted(subset.path("ports")));
        }
        if (!shape.path("subsets").isEmpty()) {
          shape.set("subsets", byText(shape.get("subsets")));
        }
      }
      default -> { }
    }
  }

  private ArrayNode byText(JsonNode list) {
    return Json.sorted(list, Comparator.comparing(item -> Json.canonical(Json.walk(item, text))));
  }

  private JsonNode certificate(String pem) {
    return TextNode.valueOf(pem.strip().equals(habits.rootCertificates()) ? "<root CA>" : "<certificate>");
  }

  private void secret(ObjectNode shape) {
    JsonNode given = shape.remove("data");
    if (given == null || given.isEmpty()) {
      return;
    }
    ObjectNode data = shape.putObject("data");
    given.properties().forEach(entry -> {
      String value = new String(Base64.getDecoder().decode(entry.getValue().asText()), StandardCharsets.UTF_8);
      boolean token = entry.getKey().equals("token") && value.chars().filter(c -> c == '.').count() == 2;
      JsonNode plain = value.contains(CERTIFICATE) ? certificate(value) : TextNode.valueOf(value);
      data.set(entry.getKey(), token ? Credentials.token(value) : plain);
    });
  }

  private static void endpoint(JsonNode endpoint) {
    if (endpoint.get("targetRef") instanceof ObjectNode target) {
      target.remove("resourceVersion");
    }
    if (endpoint.path("nodeName").asText().equals(StoryNodes.DEFAULT)) {
      ((ObjectNode) endpoint).remove("nodeName");
    }
  }
}
