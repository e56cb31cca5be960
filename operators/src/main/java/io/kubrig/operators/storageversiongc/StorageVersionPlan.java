package io.kubrig.operators.storageversiongc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** What is to become of one StorageVersion. */
sealed interface StorageVersionPlan {
  /** All its servers are there. */
  record Keep() implements StorageVersionPlan {}

  /** None of its servers is there. @param revision of the state in which there was none */
  record Delete(String name, String revision) implements StorageVersionPlan {}

  /** Some have gone. @param fresh the object with its new status */
  record Update(JsonNode fresh) implements StorageVersionPlan {}

  /** Plans for a StorageVersion. @param lives whether the API server of an identity is there */
  static StorageVersionPlan of(JsonNode version, Predicate<String> lives, Instant now) {
    ObjectNode fresh = version.deepCopy();
    JsonNode servers = version.at("/status/storageVersions");
    ArrayNode left = fresh.withObject("/status").putArray("storageVersions");
    servers.forEach(server -> {
      if (lives.test(server.path("apiServerID").asText())) {
        left.add(server);
      }
    });
    if (left.size() == servers.size()) {
      return new Keep();
    }
    if (left.isEmpty()) {
      return new Delete(version.at("/metadata/name").asText(), version.at("/metadata/resourceVersion").asText());
    }
    agree(fresh, Optional.ofNullable(version.at("/status/commonEncodingVersion").textValue()), now);
    return new Update(fresh);
  }

  /** Says whether the servers that are left encode in one version. */
  private static void agree(ObjectNode fresh, Optional<String> before, Instant now) {
    ObjectNode status = (ObjectNode) fresh.get("status");
    String first = status.at("/storageVersions/0/encodingVersion").asText();
    boolean agreed = true;
    for (JsonNode server : status.get("storageVersions")) {
      agreed &= first.equals(server.path("encodingVersion").asText());
    }
    status.remove("commonEncodingVersion");
    if (agreed) {
      status.put("commonEncodingVersion", first);
    }
    ObjectNode condition = condition(status);
    boolean moved = !condition.path("status").asText().equals(agreed ? "True" : "False")
        || agreed && before.isPresent() && !before.get().equals(first);
    if (moved) {
      condition.put("lastTransitionTime", Objects.time(now));
    }
    condition.put("status", agreed ? "True" : "False").put("reason", agreed ? "CommonEncodingVersionSet" : "CommonEncodingVersionUnset")
        .put("message", agreed ? "Common encoding version set" : "Common encoding version unset")
        .put("observedGeneration", fresh.at("/metadata/generation").asLong());
  }

  private static ObjectNode condition(ObjectNode status) {
    String type = "AllEncodingVersionsEqual";
    ArrayNode conditions = status.withArray("/conditions");
    for (JsonNode condition : conditions) {
      if (type.equals(condition.path("type").asText())) {
        return (ObjectNode) condition;
      }
    }
    return conditions.addObject().put("type", type);
  }
}
