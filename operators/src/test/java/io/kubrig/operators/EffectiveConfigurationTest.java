package io.kubrig.operators;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class EffectiveConfigurationTest {
  private static JsonNode configuration(String... args) throws JsonProcessingException {
    return new ObjectMapper().readTree(EffectiveConfiguration.json(ControllerManagerOptions.parse(args)))
        .path("kubecontrollermanager.config.k8s.io");
  }

  @Test
  void flags_stand_where_the_native_configuration_has_them() throws JsonProcessingException {
    JsonNode configuration = configuration("--node-monitor-grace-period=8s", "--controllers=*,-job-controller", "--concurrent-gc-syncs=7");
    assertThat(configuration.at("/NodeLifecycleController/NodeMonitorGracePeriod").asText()).isEqualTo("8s");
    assertThat(configuration.at("/Generic/Controllers").toString()).isEqualTo("[\"*\",\"-job-controller\"]");
    assertThat(configuration.at("/GarbageCollectorController/ConcurrentGCSyncs").asInt()).isEqualTo(7);
    assertThat(configuration.at("/Generic/LeaderElection/LeaderElect").isBoolean()).isTrue();
  }

  @Test
  void what_was_not_given_shows_its_default() throws JsonProcessingException {
    JsonNode configuration = configuration();
    assertThat(configuration.at("/HPAController/HorizontalPodAutoscalerTolerance").asDouble()).isEqualTo(0.1);
    assertThat(configuration.at("/HPAController/HorizontalPodAutoscalerSyncPeriod").asText()).isEqualTo("15s");
    assertThat(configuration.at("/KubeCloudShared/ClusterName").asText()).isEqualTo("kubernetes");
  }
}
