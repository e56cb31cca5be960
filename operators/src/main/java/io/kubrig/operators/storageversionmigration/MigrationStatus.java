package io.kubrig.operators.storageversionmigration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.Optional;

/** The status of a migration: which conditions say how far it has come. */
final class MigrationStatus {
  private static final String RUNNING = "Running";
  private static final String SUCCEEDED = "Succeeded";
  private static final String FAILED = "Failed";

  private MigrationStatus() {}

  /** Whether a migration is over, well or not. */
  static boolean isOver(JsonNode migration) {
    for (JsonNode condition : migration.path("status").path("conditions")) {
      String type = condition.path("type").asText();
      if ((type.equals(SUCCEEDED) || type.equals(FAILED)) && condition.path("status").asText().equals("True")) {
        return true;
      }
    }
    return false;
  }

  /** Whether its turn has come. */
  static boolean isRunning(JsonNode migration) {
    for (JsonNode condition : migration.path("status").path("conditions")) {
      if (condition.path("type").asText().equals(RUNNING) && condition.path("status").asText().equals("True")) {
        return true;
      }
    }
    return false;
  }

  /** The revision at which its objects were listed, once they were. */
  static Optional<String> revision(JsonNode migration) {
    return Optional.of(migration.at("/status/resourceVersion").asText("")).filter(revision -> !revision.isEmpty());
  }

  /** A copy whose turn has come. */
  static ObjectNode running(JsonNode migration, Instant now) {
    ObjectNode copy = migration.deepCopy();
    set(copy, RUNNING, true, "MigrationRunning", "The migration is running", now);
    return copy;
  }

  /** A copy that has begun. @param revision at which the objects were listed */
  static ObjectNode begun(JsonNode migration, String revision) {
    ObjectNode copy = migration.deepCopy();
    copy.withObjectProperty("status").put("resourceVersion", revision);
    return copy;
  }

  /** A copy all of whose objects have been written. */
  static ObjectNode succeeded(JsonNode migration, Instant now) {
    return over(migration, SUCCEEDED, "StorageVersionMigrationSucceeded", "", now);
  }

  /** A copy that cannot go on. */
  static ObjectNode failed(JsonNode migration, String message, Instant now) {
    return over(migration, FAILED, "StorageVersionMigrationFailed", message, now);
  }

  private static ObjectNode over(JsonNode migration, String type, String reason, String message, Instant now) {
    ObjectNode copy = migration.deepCopy();
    set(copy, RUNNING, false, "MigrationCompleted", "Migration completed", now);
    set(copy, type, true, reason, message, now);
    return copy;
  }

  private static void set(ObjectNode migration, String type, boolean holds, String reason, String message, Instant now) {
    ArrayNode conditions = migration.withObjectProperty("status").withArrayProperty("conditions");
    ObjectNode condition = null;
    for (JsonNode known : conditions) {
      condition = known.path("type").asText().equals(type) ? (ObjectNode) known : condition;
    }
    condition = condition == null ? conditions.addObject().put("type", type) : condition;
    String status = holds ? "True" : "False";
    if (!condition.path("status").asText().equals(status)) {
      condition.put("lastTransitionTime", Objects.time(now));
    }
    condition.put("status", status).put("reason", reason).put("message", message);
  }
}
