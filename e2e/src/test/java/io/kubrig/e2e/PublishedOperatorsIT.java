package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.testkit.KubrigCluster;
import io.kubrig.testkit.KubrigTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operators written by others, unchanged, from the artifacts that their projects publish: {@code mvn -f e2e/operators package} puts them
 * below {@code e2e/operators/}, and nothing is fetched here. They bring libraries of other versions, so they run in processes of their own
 * and come through a port. Without them the tests are skipped.
 */
@KubrigTest(nodes = 2, isolation = KubrigTest.Isolation.METHOD)
class PublishedOperatorsIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  KubrigCluster cluster;
  KubernetesClient client;

  @TempDir Path directory;

  @Test
  void the_flink_operator_deploys_a_session_cluster_follows_its_spec_and_takes_it_away() throws Exception {
    Path jars = operator("flink/target/operator");
    define(jars, "flink-kubernetes-operator-api-", "flinkdeployments.flink.apache.org", "flinksessionjobs.flink.apache.org");
    Files.writeString(directory.resolve("flink-conf.yaml"), """
        kubernetes.operator.reconcile.interval: 2 s
        kubernetes.operator.observer.progress-check.interval: 1 s
        kubernetes.operator.observer.rest-ready.delay: 1 s
        kubernetes.operator.resource.cleanup.timeout: 10 s
        kubernetes.operator.health.probe.enabled: false
        """);
    Map<String, String> environment = Map.of("FLINK_CONF_DIR", directory.toString(), "OPERATOR_NAMESPACE", "default",
        "OPERATOR_NAME", "flink-kubernetes-operator", "HOSTNAME", "operator");
    HasMetadata session = cluster.apply("operators/flink.yaml").getLast();
    try (OperatorProcess operator = OperatorProcess.start(directory, cluster.kubeconfig(), environment,
        List.of("-cp", jars + "/*", "org.apache.flink.kubernetes.operator.FlinkOperator"))) {
      Deployment jobManager = see(operator, "job manager",
          () -> client.apps().deployments().inNamespace("default").withName("session").get(),
          found -> found != null && ready(found));
      assertThat(client.services().inNamespace("default").withName("session-rest").get()).isNotNull();
      assertThat(client.configMaps().inNamespace("default").withName("flink-config-session").get().getData().get("flink-conf.yaml"))
          .contains("taskmanager.numberOfTaskSlots: 2");
      see(operator, "status", () -> text(session, "status", "reconciliationStatus", "state"), "DEPLOYED"::equals);

      client.genericKubernetesResources("flink.apache.org/v1beta1", "FlinkDeployment").inNamespace("default").withName("session")
          .edit(found -> {
            found.<Map<String, Object>>get("spec", "flinkConfiguration").put("taskmanager.numberOfTaskSlots", "4");
            return found;
          });
      see(operator, "job manager made anew", () -> client.apps().deployments().inNamespace("default").withName("session").get(),
          found -> found != null && !found.getMetadata().getUid().equals(jobManager.getMetadata().getUid()) && ready(found));
      assertThat(client.configMaps().inNamespace("default").withName("flink-config-session").get().getData().get("flink-conf.yaml"))
          .contains("taskmanager.numberOfTaskSlots: 4");

      client.resource(session).delete();
      see(operator, "end of the session", () -> Optional.ofNullable(client.resource(session).get()), Optional::isEmpty);
      see(operator, "end of its pods", () -> client.pods().inNamespace("default").list().getItems(), List::isEmpty);
    }
  }

  @Test
  void the_debezium_operator_runs_a_server_with_its_rights_and_its_configuration() throws Exception {
    Path application = operator("debezium/target/quarkus-app");
    define(application.resolve("lib/main"), "io.debezium.debezium-operator-api-", "debeziumservers.debezium.io");
    HasMetadata server = cluster.apply("operators/debezium.yaml").getLast();
    Map<String, String> environment = Map.of("QUARKUS_HTTP_PORT", "0", "QUARKUS_KUBERNETES_CLIENT_REQUEST_TIMEOUT", "60S",
        "QUARKUS_OPERATOR_SDK_CONTROLLERS_DEBEZIUMSERVER_NAMESPACES", "default"); // patience on a busy machine
    try (OperatorProcess operator = OperatorProcess.start(directory, cluster.kubeconfig(), environment,
        List.of("-jar", application.resolve("quarkus-run.jar").toString()))) {
      Deployment deployment = see(operator, "deployment", () -> client.apps().deployments().inNamespace("default").withName("orders").get(),
          found -> found != null && ready(found));
      see(operator, "status", () -> condition(server, "Ready"), "True"::equals);
      assertThat(client.rbac().roleBindings().inNamespace("default").list().getItems()).isNotEmpty();
      String account = deployment.getSpec().getTemplate().getSpec().getServiceAccountName();
      assertThat(client.serviceAccounts().inNamespace("default").withName(account).get()).isNotNull();
      assertThat(client.configMaps().inNamespace("default").withName("orders").get().getData().get("application.properties"))
          .contains("debezium.sink.type=kafka");

      client.genericKubernetesResources("debezium.io/v1alpha1", "DebeziumServer").inNamespace("default").withName("orders").edit(found -> {
        found.<Map<String, Object>>get("spec", "sink").put("type", "http");
        return found;
      });
      see(operator, "rollout", () -> client.apps().deployments().inNamespace("default").withName("orders").get(),
          found -> found.getMetadata().getGeneration() > deployment.getMetadata().getGeneration() && ready(found));

      client.resource(server).delete();
      see(operator, "end of what it owned", () -> client.pods().inNamespace("default").list().getItems(), List::isEmpty);
      assertThat(client.apps().deployments().inNamespace("default").list().getItems()).isEmpty();
    }
  }

  private static Path operator(String path) {
    Path where = Kubrig.file("operators").resolve(path);
    assumeTrue(Files.isDirectory(where), () -> where + " is not there: mvn -f e2e/operators package");
    return where;
  }

  /** Applies the definitions in an artifact. */
  private void define(Path jars, String artifact, String... names) throws IOException {
    try (Stream<Path> files = Files.list(jars)) {
      Path jar = files.filter(file -> file.getFileName().toString().startsWith(artifact)).findFirst().orElseThrow();
      try (JarFile open = new JarFile(jar.toFile())) {
        for (String name : names) {
          try (InputStream definition = open.getInputStream(open.getJarEntry("META-INF/fabric8/" + name + "-v1.yml"))) {
            cluster.apply(definition);
          }
        }
      }
    }
  }

  private static <T> T see(OperatorProcess operator, String what, Supplier<T> look, Predicate<T> wished) {
    return Eventually.see(what, LIMIT, () -> {
      operator.runs();
      return look.get();
    }, wished);
  }

  private static boolean ready(Deployment deployment) {
    return deployment.getStatus() != null
        && deployment.getMetadata().getGeneration().equals(deployment.getStatus().getObservedGeneration())
        && deployment.getSpec().getReplicas().equals(deployment.getStatus().getReadyReplicas());
  }

  private String text(HasMetadata object, String... path) {
    return ((GenericKubernetesResource) client.resource(object).get()).get((Object[]) path);
  }

  private String condition(HasMetadata object, String type) {
    List<Map<String, String>> conditions = ((GenericKubernetesResource) client.resource(object).get()).get("status", "conditions");
    return conditions == null ? null
        : conditions.stream().filter(one -> type.equals(one.get("type"))).map(one -> one.get("status")).findFirst().orElse(null);
  }
}
