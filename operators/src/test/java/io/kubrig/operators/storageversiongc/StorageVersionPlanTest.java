package io.kubrig.operators.storageversiongc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StorageVersionPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** A version of servers a (v1) and b (v2). */
  private static JsonNode version() {
    try {
      return new ObjectMapper().readTree("""
          {"metadata": {"name": "apps.deployments", "generation": 3, "resourceVersion": "7"}, "status": {"storageVersions": [
            {"apiServerID": "a", "encodingVersion": "v1"}, {"apiServerID": "b", "encodingVersion": "v2"}],
           "conditions": [{"type": "AllEncodingVersionsEqual", "status": "False", "lastTransitionTime": "2025-01-01T00:00:00Z"}]}}""");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static StorageVersionPlan plan(Set<String> living) {
    return StorageVersionPlan.of(version(), living::contains, NOW);
  }

  @Test
  void servers_that_live_keep_what_they_said() {
    assertThat(plan(Set.of("a", "b"))).isEqualTo(new StorageVersionPlan.Keep());
  }

  @Test
  void a_version_of_no_server_goes_as_it_was_judged() {
    assertThat(plan(Set.of())).isEqualTo(new StorageVersionPlan.Delete("apps.deployments", "7"));
  }

  @Test
  void those_that_are_left_may_agree() {
    assertThat(plan(Set.of("b"))).isInstanceOfSatisfying(StorageVersionPlan.Update.class, update -> {
      JsonNode status = update.fresh().get("status");
      assertThat(status.get("storageVersions")).hasSize(1);
      assertThat(status.get("commonEncodingVersion").asText()).isEqualTo("v2");
      assertThat(status.at("/conditions/0").toString()).contains("\"status\":\"True\"", "CommonEncodingVersionSet", NOW.toString(),
          "\"observedGeneration\":3");
    });
  }
}
