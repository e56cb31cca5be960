package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@code up --node=simulated:2}: a whole cluster where no container can run. */
class SimulatedClusterIT {

  @Test
  void a_deployment_rolls_out_on_simulated_nodes_and_is_there_after_a_restart() {
    assumeTrue(Kubrig.missing("kubectl").findAny().isEmpty(), "kubectl is not installed");
    try (TestCluster cluster = new TestCluster("simulated", "simulated:2")) {
      assertThat(cluster.up()).contains("2 simulated nodes", "export KUBECONFIG=");
      cluster.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s");

      cluster.kubectl("create", "deployment", "web", "--image=example.com/web:v1", "--replicas=4");
      cluster.kubectl("rollout", "status", "deployment/web", "--timeout=90s");
      assertThat(cluster.kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].spec.nodeName}").split(" ")).hasSize(4);

      cluster.kubectl("set", "image", "deployment/web", "web=example.com/web:v2");
      cluster.kubectl("rollout", "status", "deployment/web", "--timeout=90s");
      assertThat(images(cluster)).containsOnly("example.com/web:v2");

      assertThat(cluster.down()).contains("Stopped the cluster");
      cluster.up();
      assertThat(images(cluster)).hasSize(4);
      cluster.kubectl("scale", "deployment/web", "--replicas=1");
      Eventually.see("single pod", Duration.ofSeconds(60), () -> images(cluster), images -> images.length == 1);
      cluster.kubectl("delete", "deployment/web", "--timeout=60s");
      Eventually.see("empty namespace", Duration.ofSeconds(60), () -> cluster.kubectl("get", "pods", "-o", "name"), String::isEmpty);
    }
  }

  @Test
  void a_simulated_pod_has_a_log_and_refuses_commands_that_it_does_not_have() {
    assumeTrue(Kubrig.missing("kubectl").findAny().isEmpty(), "kubectl is not installed");
    try (TestCluster cluster = new TestCluster("simulated-logs", "simulated:1")) {
      cluster.up();
      cluster.kubectl("run", "talker", "--image=example.com/talker", "--annotations=simulated.kubrig.io/log=hello");
      cluster.kubectl("wait", "--for=condition=Ready", "pod/talker", "--timeout=60s");
      assertThat(cluster.kubectl("logs", "talker")).isEqualTo("hello\n");
      assertThat(cluster.kubectlFails("exec", "talker", "--", "ls")).contains("\"ls\": executable file not found in $PATH",
          "command terminated with exit code 127");
    }
  }

  private static String[] images(TestCluster cluster) {
    return cluster.kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].spec.containers[0].image}").split(" ");
  }
}
