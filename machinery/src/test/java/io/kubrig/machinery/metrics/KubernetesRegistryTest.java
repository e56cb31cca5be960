package io.kubrig.machinery.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KubernetesRegistryTest {
  private final KubernetesRegistry registry = new KubernetesRegistry();

  @Test
  void a_counter_keeps_its_name_and_its_single_total() {
    Counter.builder("workqueue_adds_total").tag("name", "job").register(registry).increment();
    assertThat(registry.scrape()).contains("# TYPE workqueue_adds_total counter\n").contains("workqueue_adds_total{name=\"job\"} 1");
  }

  @Test
  void a_counter_without_total_gets_none() {
    Counter.builder("authenticated_user_requests").tag("username", "admin").register(registry).increment();
    assertThat(registry.scrape()).contains("authenticated_user_requests{username=\"admin\"} 1\n");
  }

  @Test
  void a_gauge_may_end_in_info() {
    Gauge.builder("kubernetes_build_info", () -> 1).tag("major", "1").register(registry);
    assertThat(registry.scrape()).contains("kubernetes_build_info{major=\"1\"} 1\n");
  }

  @Test
  void a_histogram_has_exactly_the_given_buckets() {
    Buckets.histogram("scheduler_x_seconds", 0.001, 0.002).register(registry).record(0.0015);
    assertThat(registry.scrape())
        .contains("# TYPE scheduler_x_seconds histogram\n")
        .contains("scheduler_x_seconds_bucket{le=\"0.001\"} 0\n")
        .contains("scheduler_x_seconds_bucket{le=\"0.002\"} 1\n")
        .contains("scheduler_x_seconds_bucket{le=\"+Inf\"} 1\n")
        .contains("scheduler_x_seconds_count 1\n")
        .doesNotContain("_max");
  }

  @Test
  void numbers_have_the_shortest_form_of_native_components() {
    assertThat(PrometheusText.number(1)).isEqualTo("1");
    assertThat(PrometheusText.number(0.005)).isEqualTo("0.005");
    assertThat(PrometheusText.number(999999)).isEqualTo("999999");
    assertThat(PrometheusText.number(27136000)).isEqualTo("2.7136e+07");
    assertThat(PrometheusText.number(1e-8)).isEqualTo("1e-08");
    assertThat(PrometheusText.number(-2.5e21)).isEqualTo("-2.5e+21");
  }

  @Test
  void a_timer_counts_in_seconds() {
    Timer.builder("x_seconds").serviceLevelObjectives(Duration.ofMillis(10)).register(registry).record(Duration.ofMillis(5));
    assertThat(registry.scrape()).contains("x_seconds_bucket{le=\"0.01\"} 1\n").contains("x_seconds_sum 0.005\n");
  }
}
