package io.kubrig.kubelet.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {
  @ParameterizedTest
  @CsvSource({
    "/metrics, [metrics]",
    "/metrics/resource, [metrics]",
    "/stats/summary, [stats]",
    "/logs/x, [log]",
    "/pods, '[pods, proxy]'",
    "/healthz, '[healthz, proxy]'",
    "/exec/ns/p/c, [proxy]",
    "/metricsfoo, [proxy]",
  })
  void a_path_belongs_to_a_subresource_of_the_node(String path, String subresources) {
    assertThat(Routes.subresources(path)).hasToString(subresources);
  }
}
