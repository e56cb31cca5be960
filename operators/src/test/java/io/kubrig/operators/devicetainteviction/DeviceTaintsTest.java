package io.kubrig.operators.devicetainteviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeviceTaintsTest {
  private static final Instant ADDED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NOW = ADDED.plusSeconds(600);

  private static ResourceSlice slice(int generation, String effect) {
    return Objects.parse("""
        {"spec": {"driver": "d.example", "pool": {"name": "pool", "generation": %d}, "devices": [{"name": "dev0",
         "taints": [{"key": "k", "value": "v", "effect": "%s", "timeAdded": "2026-01-01T00:00:00Z"}]}, {"name": "dev1"}]}}
        """.formatted(generation, effect), ResourceSlice.class);
  }

  private static ResourceClaim claim(String tolerations) {
    return Objects.parse("""
        {"metadata": {"name": "c", "namespace": "ns"}, "status": {"reservedFor": [{"resource": "pods", "name": "p", "uid": "u"}],
         "allocation": {"devices": {"results": [{"request": "r", "driver": "d.example", "pool": "pool", "device": "dev0",
         "tolerations": [%s]}]}}}}
        """.formatted(tolerations), ResourceClaim.class);
  }

  private static TaintRule rule(String name, String selector, String effect) {
    return TaintRule.of(Objects.parse("""
        {"metadata": {"name": "%s", "uid": "uid-%s", "generation": 1}, "spec": {%s "taint": {"key": "r", "effect": "%s",
         "timeAdded": "2026-01-01T00:01:00Z"}}}
        """.formatted(name, name, selector, effect), com.fasterxml.jackson.databind.JsonNode.class));
  }

  private static Optional<Instant> end(ResourceClaim claim, ResourceSlice... slices) {
    return new DeviceTaints(List.of(slices), List.of()).of(claim, NOW).map(DeviceTaints.Eviction::when);
  }

  @Test
  void a_taint_ends_the_stay_from_when_it_was_added() {
    assertThat(end(claim(""), slice(1, "NoExecute"))).contains(ADDED);
    assertThat(end(claim(""), slice(1, "NoSchedule"))).isEmpty();
  }

  @Test
  void of_several_tolerations_the_shortest_counts_unless_one_is_for_ever() {
    String some = "{\"key\": \"k\", \"operator\": \"Exists\", \"effect\": \"NoExecute\", \"tolerationSeconds\": %d}";
    assertThat(end(claim(some.formatted(50) + "," + some.formatted(20)), slice(1, "NoExecute"))).contains(ADDED.plusSeconds(20));
    assertThat(end(claim(some.formatted(-9)), slice(1, "NoExecute"))).contains(ADDED);
    assertThat(end(claim(some.formatted(5) + ", {\"operator\": \"Exists\", \"effect\": \"NoExecute\"}"), slice(1, "NoExecute"))).isEmpty();
  }

  @Test
  void a_toleration_that_does_not_name_the_effect_keeps_nobody() {
    assertThat(end(claim("{\"operator\": \"Exists\"}"), slice(1, "NoExecute"))).contains(ADDED);
    assertThat(end(claim("{\"key\": \"k\", \"value\": \"other\", \"effect\": \"NoExecute\"}"), slice(1, "NoExecute"))).contains(ADDED);
    assertThat(end(claim("{\"key\": \"k\", \"value\": \"v\", \"effect\": \"NoExecute\"}"), slice(1, "NoExecute"))).isEmpty();
  }

  @Test
  void slices_of_an_older_generation_of_the_pool_do_not_count() {
    assertThat(end(claim(""), slice(1, "NoExecute"), slice(2, "NoSchedule"))).isEmpty();
    assertThat(end(claim(""), slice(1, "NoSchedule"), slice(2, "NoExecute"))).contains(ADDED);
  }

  @Test
  void a_rule_without_a_selector_selects_nothing() {
    TaintRule all = rule("all", "\"deviceSelector\": {},", "NoExecute");
    TaintRule none = rule("none", "", "NoExecute");
    DeviceTaints taints = new DeviceTaints(List.of(slice(1, "NoSchedule")), List.of(all, none));

    assertThat(taints.of(claim(""), NOW)).contains(new DeviceTaints.Eviction(ADDED.plusSeconds(60), Set.of("all")));
    assertThat(List.of(taints.published(all), taints.published(none))).containsExactly(2L, 0L);
  }

  @Test
  void only_a_pod_on_a_node_for_which_the_claim_is_reserved_has_to_go() {
    DeviceTaints taints = new DeviceTaints(List.of(slice(1, "NoExecute")), List.of());
    String pod = """
        {"metadata": {"name": "p", "namespace": "ns", "uid": "%s"},
         "spec": {"nodeName": %s, "resourceClaims": [{"name": "x", "resourceClaimName": "c"}]}}
        """;
    Optional<ResourceClaim> claim = Optional.of(claim(""));

    assertThat(taints.of(Objects.parse(pod.formatted("u", "\"n\""), Pod.class), key -> claim, NOW)).isPresent();
    assertThat(taints.of(Objects.parse(pod.formatted("u", "null"), Pod.class), key -> claim, NOW)).isEmpty();
    assertThat(taints.of(Objects.parse(pod.formatted("other", "\"n\""), Pod.class), key -> claim, NOW)).isEmpty();
  }

  @Test
  void the_status_of_a_rule_says_what_it_does_or_would_do() {
    TaintRule hard = rule("hard", "", "NoExecute");
    TaintRule trial = rule("trial", "", "None");
    TaintRule soft = rule("soft", "", "NoSchedule");

    assertThat(new RuleStatus(0, 0, 0, 0, 0).condition(hard, NOW)).hasValueSatisfying(condition -> assertThat(condition)
        .containsEntry("status", "False").containsEntry("reason", "NotStarted").containsEntry("message", ""));
    assertThat(new RuleStatus(2, 1, 0, 0, 1).condition(hard, NOW)).hasValueSatisfying(condition -> assertThat(condition)
        .containsEntry("status", "True").containsEntry("reason", "PodsPendingEviction")
        .containsEntry("message", "2 pods need to be evicted in 1 namespace. 1 pod evicted since starting the controller."));
    assertThat(new RuleStatus(0, 0, 0, 0, 3).condition(hard, NOW)).hasValueSatisfying(condition -> assertThat(condition)
        .containsEntry("reason", "Completed").containsEntry("message", "3 pods evicted since starting the controller."));
    assertThat(new RuleStatus(1, 1, 2, 1, 0).condition(trial, NOW)).hasValueSatisfying(condition -> assertThat(condition)
        .containsEntry("reason", "NoEffect").containsEntry("message", "2 published devices selected. 1 allocated device selected. "
            + "1 pod would be evicted in 1 namespace if the effect was NoExecute. This information will not be updated again. "
            + "Recreate the DeviceTaintRule to trigger an update."));
    assertThat(new RuleStatus(0, 0, 0, 0, 0).condition(soft, NOW)).hasValueSatisfying(condition -> assertThat(condition)
        .isEqualTo(Map.of("type", "EvictionInProgress", "status", "False", "reason", "OtherEffect",
            "message", "Eviction only happens for the NoExecute effect.", "observedGeneration", 1L,
            "lastTransitionTime", Objects.time(NOW))));
  }
}
