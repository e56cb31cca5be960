package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

@KubrigTest(virtualTime = true, nodes = 2, heartbeat = "10m", isolation = KubrigTest.Isolation.METHOD)
class VirtualTimeTest {

  @Test
  void a_deployment_has_rolled_out_when_the_cluster_has_settled_and_no_time_has_passed(KubrigCluster cluster) throws Exception {
    cluster.client().resource(Samples.deployment("web", 3)).create();
    cluster.settle();
    var web = cluster.client().apps().deployments().inNamespace("default").withName("web").get();
    assertThat(web.getStatus().getReadyReplicas()).isEqualTo(3);
    assertThat(web.getStatus().getConditions()).allMatch(condition -> condition.getLastTransitionTime().equals("2026-01-01T00:00:00Z"));
    assertThat(cluster.now()).isEqualTo(ClusterBuilder.NEW_YEAR);
  }

  @Test
  void a_week_of_a_nightly_job_passes_at_once(KubrigCluster cluster, KubernetesClient client) throws Exception {
    client.resource(Samples.cronJob("nightly", "0 3 * * *", "90s")).create();
    cluster.advance(Duration.ofDays(7));
    assertThat(client.batch().v1().jobs().inNamespace("default").list().getItems())
        .hasSize(7)
        .allMatch(job -> job.getStatus().getSucceeded() == 1)
        .extracting(job -> job.getStatus().getCompletionTime())
        .as("ninety seconds, and those in which the controller gathers what pods do").anyMatch(time -> time.startsWith("2026-01-03T03:01:3"));
    assertThat(cluster.now()).isEqualTo(Instant.parse("2026-01-08T00:00:00Z"));
  }

  @Test
  void a_failing_job_backs_off_for_minutes_that_nobody_waits_for(KubrigCluster cluster, KubernetesClient client) throws Exception {
    Job job = Samples.job("doomed", "1s", 1);
    job.getSpec().setBackoffLimit(4);
    client.resource(job).create();
    cluster.advance(Duration.ofMinutes(1));
    assertThat(client.resource(job).get().getStatus().getConditions()).as("10 s and 20 s are over, 40 s is not").isEmpty();
    cluster.advance(Duration.ofMinutes(5));
    assertThat(client.resource(job).get().getStatus().getConditions())
        .anyMatch(condition -> "BackoffLimitExceeded".equals(condition.getReason()));
  }

  @Test
  void pods_of_a_node_that_is_gone_are_collected_after_a_long_idle_time(KubrigCluster cluster, KubernetesClient client) throws Exception {
    client.resource(Samples.deployment("web", 2)).create();
    cluster.advance(Duration.ofHours(1));
    client.nodes().withName("simulated-0").delete();
    cluster.advance(Duration.ofMinutes(2));
    assertThat(client.pods().inNamespace("default").list().getItems()).hasSize(2)
        .allMatch(pod -> pod.getSpec().getNodeName().equals("simulated-1"));
  }

  @Test
  void what_keeps_a_cluster_from_settling_is_told(KubrigCluster cluster) {
    cluster.clock().activity().begin("the dishes");
    assertThatThrownBy(() -> cluster.settle(Duration.ofMillis(50))).isInstanceOf(UnsettledException.class)
        .hasMessageContaining("the dishes");
  }

  @Test
  void real_time_cannot_be_moved() throws Exception {
    try (KubrigCluster real = KubrigCluster.builder().apiServerOnly().start()) {
      assertThatThrownBy(() -> real.advance(Duration.ofSeconds(1))).hasMessageContaining("virtualTime()");
    }
  }
}
