package io.kubrig.operators.horizontalpodautoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpecBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricProposalsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

  /** Answers every question with the same value, or with a refusal. */
  private record Source(long milli, String refusal) implements MetricsSource {
    private long value() throws MetricsException {
      if (refusal != null) {
        throw new MetricsException(refusal);
      }
      return milli;
    }

    @Override
    public Map<String, PodMetric> resource(String namespace, String selector, String resource, String container) throws MetricsException {
      return Map.of("a", new PodMetric(NOW, Duration.ofMinutes(1), value()));
    }

    @Override
    public Map<String, PodMetric> pods(String namespace, String selector, Metric metric) throws MetricsException {
      return Map.of("a", new PodMetric(NOW, Duration.ofMinutes(1), value()));
    }

    @Override
    public long object(String namespace, CrossVersionObjectReference object, Metric metric) throws MetricsException {
      return value();
    }

    @Override
    public List<Long> external(String namespace, Metric metric) throws MetricsException {
      return List.of(value(), value());
    }
  }

  private static MetricProposals.Result ask(Source source, MetricSpec spec) {
    PodMath math = new PodMath(List.of(new PodBuilder().withNewMetadata().withName("a").endMetadata().withNewSpec().endSpec()
        .withNewStatus().withPhase("Running").addNewCondition().withType("Ready").withStatus("True").endCondition().endStatus().build()),
        1, new Tolerances(0.1, 0.1), new PodGroups.Youth(Duration.ZERO, Duration.ZERO), NOW);
    return new MetricProposals(source, new MetricProposals.Target("ns", "app=web", 1, math)).of(spec);
  }

  private static MetricSpec resource(String name, String average) {
    return new MetricSpecBuilder().withType("Resource").withNewResource().withName(name)
        .withNewTarget().withType("AverageValue").withAverageValue(new Quantity(average)).endTarget().endResource().build();
  }

  private static MetricSpec external(String name) {
    return new MetricSpecBuilder().withType("External").withNewExternal()
        .withNewMetric().withName(name).withSelector(new LabelSelectorBuilder().addToMatchLabels("q", "x").build()).endMetric()
        .withNewTarget().withType("Value").withValue(new Quantity("10")).endTarget().endExternal().build();
  }

  @Test
  void memory_is_shown_in_whole_bytes_with_binary_suffixes() {
    assertThat(ask(new Source(83_886_080_000L, null), resource("memory", "40Mi")))
        .isInstanceOfSatisfying(MetricProposals.Proposed.class, proposed -> {
      assertThat(proposed.replicas()).isEqualTo(2);
      assertThat(proposed.status().getResource().getCurrent().getAverageValue().toString()).isEqualTo("80Mi");
      assertThat(proposed.metric()).isEqualTo("memory resource");
    });
  }

  @Test
  void series_of_an_external_metric_are_summed() {
    assertThat(ask(new Source(10_000, null), external("queue"))).isInstanceOfSatisfying(MetricProposals.Proposed.class, proposed -> {
      assertThat(proposed.replicas()).isEqualTo(2);
      assertThat(proposed.status().getExternal().getCurrent().getValue().toString()).isEqualTo("20");
      assertThat(proposed.metric()).startsWith("external metric queue(&LabelSelector{MatchLabels:map[string]string{q: x,}");
    });
  }

  @Test
  void a_refusal_is_told_short_in_the_condition_and_long_in_the_sum() {
    assertThat(ask(new Source(0, "no"), resource("cpu", "1"))).isEqualTo(new MetricProposals.Failed("FailedGetResourceMetric",
        "failed to get cpu usage: unable to get metrics for resource cpu: no",
        "failed to get cpu resource metric value: failed to get cpu usage: unable to get metrics for resource cpu: no"));
    String cause = "unable to get external metric ns/queue/&LabelSelector{MatchLabels:map[string]string{q: "
        + "x,},MatchExpressions:[]LabelSelectorRequirement{},}: no";
    assertThat(ask(new Source(0, "no"), external("queue"))).isEqualTo(new MetricProposals.Failed("FailedGetExternalMetric", cause,
        "failed to get queue external metric value: failed to get external metric queue: " + cause));
  }

  @Test
  void an_unknown_type_is_said_so() {
    assertThat(ask(new Source(0, null), new MetricSpecBuilder().withType("Moon").build()))
        .isEqualTo(new MetricProposals.Failed("InvalidMetricSourceType", "unknown metric source type \"Moon\"",
            "unknown metric source type \"Moon\""));
  }
}
