package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Pod specs and templates without what the API server fills in by itself. */
final class PodShape {
  private static final String ACCESS = "kube-api-access-";
  private static final Set<String> NOT_THERE = Set.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");
  private static final JsonNode CONTAINER_DEFAULTS = Json.parse("""
      {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "resources": {}}""");
  private static final JsonNode DEFAULTS = Json.parse("""
      {"restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "securityContext": {},
       "schedulerName": "default-scheduler", "serviceAccount": "default", "serviceAccountName": "default", "enableServiceLinks": true,
       "preemptionPolicy": "PreemptLowerPriority", "priority": 0}""");

  private PodShape() {}

  private static void drop(ObjectNode object, JsonNode defaults) {
    defaults.properties().stream().filter(field -> field.getValue().equals(object.get(field.getKey()))).map(Map.Entry::getKey)
        .forEach(object::remove);
  }

  private static void keep(ObjectNode object, String field, ArrayNode items) {
    object.remove(field);
    if (!items.isEmpty()) {
      object.set(field, items);
    }
  }

  private static ArrayNode without(JsonNode list, Predicate<JsonNode> unwanted) {
    return Json.MAPPER.createArrayNode().addAll(list.valueStream().filter(unwanted.negate()).toList());
  }

  private static JsonNode container(JsonNode given) {
    ObjectNode container = given.deepCopy();
    drop(container, CONTAINER_DEFAULTS);
    container.remove("imagePullPolicy");
    keep(container, "volumeMounts", without(container.path("volumeMounts"), mount -> mount.path("name").asText().startsWith(ACCESS)));
    return container;
  }

  static ObjectNode spec(JsonNode given) {
    ObjectNode spec = given.isObject() ? given.deepCopy() : Json.object();
    drop(spec, DEFAULTS);
    for (String list : List.of("containers", "initContainers")) {
      ArrayNode containers = Json.MAPPER.createArrayNode().addAll(spec.path(list).valueStream().map(PodShape::container).toList());
      if (list.equals("containers") || !containers.isEmpty()) {
        spec.set(list, containers);
      }
    }
    keep(spec, "volumes", without(spec.path("volumes"), volume -> volume.path("name").asText().startsWith(ACCESS)));
    keep(spec, "tolerations", Json.sorted(without(spec.path("tolerations"), PodShape::isUsual)));
    if (spec.path("nodeName").asText().equals(StoryNodes.DEFAULT)) {
      spec.remove("nodeName");
    }
    return spec;
  }

  private static boolean isUsual(JsonNode toleration) {
    return NOT_THERE.contains(toleration.path("key").asText()) && toleration.path("effect").asText().equals("NoExecute")
        && toleration.path("tolerationSeconds").asInt() == 300;
  }

  static ObjectNode template(JsonNode given) {
    ObjectNode template = given.deepCopy();
    if (template.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove("creationTimestamp");
    }
    template.set("spec", spec(template.path("spec")));
    return template;
  }
}
