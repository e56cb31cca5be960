package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/** Which objects a story means: by name, labels, phase, owner and the values of fields. */
final class Selection {
  private Selection() {}

  static boolean matches(JsonNode object, JsonNode selection) {
    for (Map.Entry<String, JsonNode> entry : selection.properties()) {
      if (!matches(object, entry.getKey(), entry.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(JsonNode object, String what, JsonNode wanted) {
    JsonNode metadata = object.path("metadata");
    JsonNode spec = object.path("spec");
    return switch (what) {
      case "kind", "count", "atLeast", "path" -> true;
      case "name" -> Glob.matches(wanted.asText(), metadata.path("name").asText());
      case "labels" -> labels(metadata.path("labels"), wanted);
      case "phase" -> isOneOf(object.path("status").path("phase").asText(), wanted);
      case "ready" -> isReady(object) == wanted.asBoolean();
      case "bound" -> Json.isSomething(spec.path("nodeName")) == wanted.asBoolean();
      case "node" -> spec.path("nodeName").asText().equals(wanted.asText());
      case "deleting" -> metadata.has("deletionTimestamp") == wanted.asBoolean();
      case "owner" -> owner(object).map(one -> one.path("kind").asText() + "/" + one.path("name").asText()).orElse("")
          .equals(wanted.isNull() ? "" : wanted.asText());
      case "image" -> Glob.matches(wanted.asText(), spec.path("containers").path(0).path("image").asText());
      case "where" -> fields(object, wanted);
      default -> throw new IllegalArgumentException("unknown selector " + what);
    };
  }

  private static boolean isOneOf(String value, JsonNode wanted) {
    if (!wanted.isArray()) {
      return value.equals(wanted.asText());
    }
    for (JsonNode one : wanted) {
      if (value.equals(one.asText())) {
        return true;
      }
    }
    return false;
  }

  private static boolean labels(JsonNode labels, JsonNode wanted) {
    return wanted.properties().stream().allMatch(entry -> {
      JsonNode label = labels.path(entry.getKey());
      return entry.getValue().isNull() ? label.isMissingNode()
          : label.isTextual() && Glob.matches(entry.getValue().asText(), label.asText());
    });
  }

  private static boolean fields(JsonNode object, JsonNode wanted) {
    JsonNode observed = object.path("status").path("observedGeneration");
    boolean old = !observed.isMissingNode() && !observed.equals(object.path("metadata").path("generation"));
    return wanted.properties().stream().allMatch(entry -> {
      if (old && entry.getKey().startsWith("status.")) {
        return false; // the status speaks of an older spec
      }
      JsonNode found = Json.atOrNull(object, entry.getKey());
      return switch (entry.getValue().asText()) {
        case "<present>" -> !found.isNull();
        case "<absent>" -> found.isNull();
        default -> found.equals(entry.getValue());
      };
    });
  }

  static boolean isReady(JsonNode pod) {
    return Json.at(pod, "status.conditions[Ready].status").asText().equals("True");
  }

  /** The reference to the controller of an object. */
  static Optional<JsonNode> owner(JsonNode object) {
    for (JsonNode reference : object.path("metadata").path("ownerReferences")) {
      if (reference.path("controller").asBoolean()) {
        return Optional.of(reference);
      }
    }
    return Optional.empty();
  }
}
