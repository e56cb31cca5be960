package io.kubrig.operators.serviceaccount;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LegacyTokenPlanTest {
  private static final Instant NOW = Instant.parse("2026-03-11T12:00:00Z");
  private static final Duration PERIOD = Duration.ofDays(10); // the 1st of March, noon

  private static LegacyTokenPlan plan(String created, String labels) {
    return LegacyTokenPlan.of(Objects.parse("{\"metadata\": {\"name\": \"t\", \"creationTimestamp\": \"" + created + "\", \"labels\": {"
        + labels + "}}}", Secret.class), NOW, PERIOD);
  }

  private static String used(String day) {
    return "\"" + LegacyTokenPlan.LAST_USED + "\": \"" + day + "\"";
  }

  private static String invalid(String day) {
    return "\"" + LegacyTokenPlan.INVALID_SINCE + "\": \"" + day + "\"";
  }

  @Test
  void a_young_token_is_kept_whenever_it_was_used() {
    assertThat(plan("2026-03-01T12:00:00Z", "")).isEqualTo(LegacyTokenPlan.KEEP);
    assertThat(plan("2026-03-02T00:00:00Z", used("2026-01-01"))).isEqualTo(LegacyTokenPlan.KEEP);
  }

  @Test
  void a_token_is_kept_to_the_end_of_the_day_of_its_last_use() {
    assertThat(plan("2025-01-01T00:00:00Z", used("2026-03-01"))).isEqualTo(LegacyTokenPlan.KEEP);
    assertThat(plan("2025-01-01T00:00:00Z", used("2026-02-28"))).isEqualTo(LegacyTokenPlan.INVALIDATE);
    assertThat(plan("2025-01-01T00:00:00Z", "")).isEqualTo(LegacyTokenPlan.INVALIDATE);
  }

  @Test
  void a_token_whose_last_use_cannot_be_read_is_kept() {
    assertThat(plan("2025-01-01T00:00:00Z", used("yesterday"))).isEqualTo(LegacyTokenPlan.KEEP);
  }

  @Test
  void an_invalid_token_is_deleted_after_as_long_again() {
    assertThat(plan("2025-01-01T00:00:00Z", invalid("2026-03-01"))).isEqualTo(LegacyTokenPlan.KEEP);
    assertThat(plan("2025-01-01T00:00:00Z", invalid("2026-02-28"))).isEqualTo(LegacyTokenPlan.DELETE);
    assertThat(plan("2025-01-01T00:00:00Z", invalid("once"))).isEqualTo(LegacyTokenPlan.INVALIDATE);
  }

  @Test
  void a_pod_names_secrets_in_volumes_variables_and_image_pulls() {
    Pod pod = Objects.parse("""
        {"spec": {"imagePullSecrets": [{"name": "pull"}], "initContainers": [{"envFrom": [{"secretRef": {"name": "from"}}]}],
         "containers": [{"env": [{"name": "A"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "key", "key": "k"}}}]}],
         "volumes": [{"secret": {"secretName": "mounted"}}, {"projected": {"sources": [{}, {"secret": {"name": "projected"}}]}},
          {"csi": {"nodePublishSecretRef": {"name": "csi"}}}, {"emptyDir": {}}]}}
        """, Pod.class);
    assertThat(PodSecrets.names(pod)).containsExactlyInAnyOrder("pull", "from", "key", "mounted", "projected", "csi");
  }
}
