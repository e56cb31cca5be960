package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Helm makes of the charts of the scheduler and of the controllers, without a cluster. */
class ChartsIT {
  private static String rendered(String mode) {
    return rendered("custom-scheduler", mode);
  }

  private static String rendered(String name, String mode) {
    assumeTrue(Kubrig.missing("helm").findAny().isEmpty(), "helm is not installed");
    String chart = Kubrig.file("../charts/" + name).normalize().toString();
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

  @Test
  void a_shadow_of_the_controllers_has_their_rights_for_dry_runs_and_no_lease() {
    assertThat(rendered("controller-manager", "shadow")).contains("- --shadow\n", "- --shadow-patience=30s", "replicas: 1",
        "name: \"system:controller:deployment-controller\"").doesNotContain("--leader-elect", "--use-service-account-credentials",
        "coordination.k8s.io");
  }

  @Test
  void controllers_that_act_hold_a_lease_and_have_accounts_of_their_own() {
    assertThat(rendered("controller-manager", "active")).contains("- --leader-elect=true", "- --use-service-account-credentials=true",
        "coordination.k8s.io", "replicas: 2").doesNotContain("--shadow", "system:controller:");
  }
}
