package io.kubrig.operators.storageversionmigration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MigrationStatusTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final JsonNode FRESH = JsonNodeFactory.instance.objectNode();

  @Test
  void a_migration_runs_and_then_is_over() {
    JsonNode running = MigrationStatus.running(FRESH, NOW);
    assertThat(MigrationStatus.isRunning(running)).isTrue();
    assertThat(MigrationStatus.revision(running)).isEmpty();
    JsonNode begun = MigrationStatus.begun(running, "17");
    assertThat(MigrationStatus.revision(begun)).contains("17");
    assertThat(MigrationStatus.isOver(begun)).isFalse();
    assertThat(begun.at("/status/resourceVersion").asText()).isEqualTo("17");
    JsonNode done = MigrationStatus.succeeded(begun, NOW.plusSeconds(5));
    assertThat(MigrationStatus.isOver(done)).isTrue();
    assertThat(done.at("/status/conditions/0").toString())
        .isEqualTo("{\"type\":\"Running\",\"lastTransitionTime\":\"2026-01-01T00:00:05Z\","
        + "\"status\":\"False\",\"reason\":\"MigrationCompleted\",\"message\":\"Migration completed\"}");
    assertThat(done.at("/status/conditions/1/type").asText()).isEqualTo("Succeeded");
  }

  @Test
  void a_migration_that_never_ran_is_over_when_it_failed() {
    JsonNode failed = MigrationStatus.failed(FRESH, "resource does not exist in discovery", NOW);
    assertThat(MigrationStatus.isOver(failed)).isTrue();
    assertThat(failed.at("/status/conditions")).hasSize(2);
    assertThat(failed.at("/status/conditions/1/message").asText()).isEqualTo("resource does not exist in discovery");
  }
}
