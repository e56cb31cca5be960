package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.testkit.traffic.CallPattern;
import org.junit.jupiter.api.Test;

@KubrigTest(controllers = false, scheduler = false, nodes = 0, virtualTime = true)
class FaultSweepTest {
  private static final CallPattern CREATES = CallPattern.calls().verb("create").resource("configmaps");

  KubrigCluster cluster;

  /** Does not know that a create which is tried again may meet what it has done already. */
  private static void createAll(KubernetesClient client) {
    for (int i = 0; i < 10; i++) {
      client.resource(Samples.config("c" + i, "1")).create();
    }
  }

  @Test
  void a_failure_is_boiled_down_to_the_faults_that_it_takes() {
    assertThatThrownBy(() -> FaultSweep.of(cluster).calls(CREATES).share(0.3).check(fork -> createAll(fork.client())))
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching("(?s)seed [0-9]+ \\(-Dkubrig.seed=[0-9]+\\): the test fails with [0-9]+ faults, of which 1 are enough.*")
        .hasMessageContaining("kubernetes-admin create configmaps default")
        .satisfies(failure -> replayFails(failure.getMessage()));
  }

  private void replayFails(String message) throws Exception {
    String strikes = message.substring(message.indexOf("(\"\"\"") + 4, message.lastIndexOf("\"\"\""));
    try (KubrigCluster fork = cluster.fork()) {
      fork.faults().replay(strikes);
      assertThatThrownBy(() -> createAll(fork.client())).hasMessageContaining("already exists");
      assertThat(fork.faults().struck()).hasToString("[" + strikes.strip() + "]");
    }
  }

  @Test
  void a_test_that_holds_under_all_faults_passes() throws Exception {
    FaultSweep.of(cluster).calls(CREATES).share(0.3).seeds(1, 3).check(fork -> {
      for (int i = 0; i < 5; i++) {
        createOrFind(fork.client(), "c" + i);
      }
      assertThat(fork.client().configMaps().inNamespace("default").list().getItems()).hasSize(5);
    });
  }

  private static void createOrFind(KubernetesClient client, String name) {
    try {
      client.resource(Samples.config(name, "1")).create();
    } catch (KubernetesClientException e) {
      assertThat(e.getCode()).isEqualTo(409);
    }
  }
}
