package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Helm makes of the scheduler's chart, without a cluster. */
class ChartsIT {
  private static String rendered(String mode) {
    assumeTrue(Kubrig.missing("helm").findAny().isEmpty(), "helm is not installed");
    String chart = Kubrig.file("../charts/custom-scheduler").normalize().toString();
    return Run.of(List.of("helm", "template", "x", chart, "--set", "mode=" + mode), Map.of(), "", Duration.ofMinutes(1)).ok();
  }

  @ParameterizedTest
  @ValueSource(strings = {"second", "replacement", "extender", "shadow"})
  void the_schedulers_chart_renders_in_every_mode(String mode) {
    assertThat(rendered(mode)).contains("kind: Deployment", "kind: KubeSchedulerConfiguration", "kind: ClusterRoleBinding");
  }

  @Test
  void a_scheduler_may_do_what_the_clusters_own_may() {
    assertThat(rendered("replacement")).contains("name: \"system:kube-scheduler\"", "name: \"system:volume-scheduler\"",
        "resourceName: kube-scheduler", "schedulerName: default-scheduler");
  }

  @Test
  void a_shadow_may_write_nothing_and_is_one() {
    assertThat(rendered("shadow")).contains("- --shadow", "replicas: 1", "leaderElect: false", "schedulerName: default-scheduler")
        .doesNotContain("pods/binding", "system:kube-scheduler", "coordination.k8s.io");
  }
}
