package io.kubrig.operators.horizontalpodautoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubrig.operators.engine.Objects;
import org.junit.jupiter.api.Test;

class MetricsApisTest {
  private static final JsonNode POD = Objects.parse("""
      {"metadata": {"name": "p"}, "containers": [{"name": "app", "usage": {"cpu": "1500m"}}, {"name": "side", "usage": {}}]}
      """, JsonNode.class);

  @Test
  void a_container_tells_what_it_uses() {
    assertThat(MetricsApis.ofContainer(POD, "cpu", "app")).contains(1500L);
  }

  @Test
  void a_pod_whose_container_tells_nothing_is_a_pod_without_metrics() {
    assertThat(MetricsApis.ofContainer(POD, "cpu", "side")).isEmpty();
    assertThat(MetricsApis.ofContainer(POD, "memory", "app")).isEmpty();
    assertThat(MetricsApis.ofContainer(POD, "cpu", "other")).isEmpty();
  }
}
