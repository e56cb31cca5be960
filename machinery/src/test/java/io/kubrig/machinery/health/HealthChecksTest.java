package io.kubrig.machinery.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthChecksTest {
  private final KubernetesRegistry registry = new KubernetesRegistry();
  private boolean broken;
  private final HealthChecks checks =
      new HealthChecks("livez", registry, List.of(HealthCheck.ping(), HealthCheck.of("etcd", this::fail)));

  private void fail() {
    if (broken) {
      throw new IllegalStateException("secret reason");
    }
  }

  @Test
  void says_ok_and_no_more_unless_asked() {
    assertThat(checks.answer(List.of(), false)).isEqualTo(new HealthChecks.Answer(200, "ok"));
    assertThat(checks.answer(List.of(), true)).isEqualTo(new HealthChecks.Answer(200, "[+]ping ok\n[+]etcd ok\nlivez check passed\n"));
  }

  @Test
  void a_failure_lists_every_check_but_withholds_the_reason() {
    broken = true;
    assertThat(checks.answer(List.of(), false))
        .isEqualTo(new HealthChecks.Answer(500, "[+]ping ok\n[-]etcd failed: reason withheld\nlivez check failed\n"));
  }

  @Test
  void an_excluded_check_counts_as_ok() {
    broken = true;
    assertThat(checks.answer(List.of("etcd"), true).text()).isEqualTo("[+]ping ok\n[+]etcd excluded: ok\nlivez check passed\n");
    assertThat(checks.answer(List.of("etcd", "foo"), true).text())
        .contains("warn: some health checks cannot be excluded: no matches for \"foo\"\n");
  }

  @Test
  void a_single_check_has_its_own_path() {
    assertThat(checks.answer("ping")).contains(new HealthChecks.Answer(200, "ok"));
    assertThat(checks.answer("nothing")).isEmpty();
  }

  @Test
  void outcomes_are_counted_under_the_native_names() {
    checks.answer(List.of(), false);
    broken = true;
    checks.answer(List.of(), false);
    assertThat(registry.scrape())
        .contains("kubernetes_healthcheck{name=\"etcd\",type=\"livez\"} 0\n")
        .contains("kubernetes_healthcheck{name=\"ping\",type=\"livez\"} 1\n")
        .contains("kubernetes_healthchecks_total{name=\"etcd\",status=\"error\",type=\"livez\"} 1\n")
        .contains("kubernetes_healthchecks_total{name=\"ping\",status=\"success\",type=\"livez\"} 2\n");
  }
}
