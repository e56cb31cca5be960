package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Manifests that were written for the native scheduler, with nothing changed but the image: their commands run as they stand, through the
 * programs that the image has under the native names. Only the directory of files differs, because a test does not write to {@code /etc}.
 */
class NativeManifestIT {
  private static final String ETC = "/etc/kubernetes/";
  private static final int PORT = 10259; // the native default; the manifests name none
  private static final Duration SOON = Duration.ofSeconds(90);

  private static final ServerProcess SERVER = new ServerProcess("native-manifest", "memory",
      "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition");
  private static final Path FILES = Kubrig.scratch("native-manifest-files");

  @BeforeAll
  static void start() throws IOException {
    SERVER.start();
    Files.writeString(FILES.resolve("scheduler.conf"), """
        apiVersion: v1
        kind: Config
        clusters: [{name: kubernetes, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
        users: [{name: "system:kube-scheduler", user: {token: %s}}]
        contexts: [{name: c, context: {cluster: kubernetes, user: "system:kube-scheduler"}}]
        current-context: c
        """.formatted(SERVER.url(), ServerProcess.ADMIN_TOKEN));
    try (KubernetesClient client = SERVER.client()) {
      Map<String, Quantity> room = Map.of("cpu", new Quantity("4"), "memory", new Quantity("8Gi"), "pods", new Quantity("110"));
      client.nodes().resource(new NodeBuilder().withNewMetadata().withName("n1").endMetadata().withNewStatus().withAllocatable(room)
          .withCapacity(room).endStatus().build()).create();
    }
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static String resource(String name) throws IOException {
    try (var in = NativeManifestIT.class.getResourceAsStream("/native-manifests/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Runs the one container of a pod's manifest. */
  private static Process run(String manifest) throws IOException {
    Pod pod = new KubernetesSerialization().unmarshal(resource(manifest), Pod.class);
    List<String> given = pod.getSpec().getContainers().getFirst().getCommand();
    List<String> command = new ArrayList<>();
    String program = given.getFirst();
    command.add(Kubrig.file("../standalone/src/main/image/usr/local/bin").resolve(Path.of(program).getFileName()).normalize().toString());
    given.subList(1, given.size()).forEach(a -> command.add(a.replace(ETC, FILES + "/")));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(FILES.resolve(manifest + ".log").toFile());
    builder.environment().put("KUBRIG_RUN", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar " + Kubrig.jar());
    builder.environment().put("PATH", Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
    return builder.start();
  }

  private static boolean isFree(int port) {
    try (ServerSocket s = new ServerSocket(port)) {
      return s.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private void schedules(String manifest, String pod, String schedulerName) throws Exception {
    assumeTrue(isFree(PORT), "something else uses the port of kube-scheduler");
    Process scheduler = run(manifest);
    try (KubernetesClient client = SERVER.client()) {
      client.pods().inNamespace("default").resource(new PodBuilder().withNewMetadata().withName(pod).endMetadata().withNewSpec()
          .withSchedulerName(schedulerName).addNewContainer().withName("c").withImage("i").endContainer().endSpec().build()).create();
      Eventually.see("pod on a node by " + manifest, SOON, () -> alive(scheduler, manifest)
          + client.pods().inNamespace("default").withName(pod).get().getSpec().getNodeName(), "n1"::equals);
      scheduler.destroy();
      assertThat(scheduler.waitFor()).as("a stop by signal is a clean one").isZero();
    } finally {
      scheduler.destroyForcibly().waitFor();
    }
  }

  private static String alive(Process process, String manifest) {
    if (process.isAlive()) {
      return "";
    }
    try {
      throw new AssertionError("ended with " + process.exitValue() + ":\n" + Files.readString(FILES.resolve(manifest + ".log")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void the_static_pod_of_a_kubeadm_cluster_schedules_with_its_lease() throws Exception {
    schedules("kubeadm-scheduler.yaml", "first", "default-scheduler");
    try (KubernetesClient client = SERVER.client()) {
      assertThat(client.leases().inNamespace("kube-system").withName("kube-scheduler").get().getSpec().getLeaseTransitions()).isNotNull();
    }
  }

  @Test
  void a_second_scheduler_with_a_configuration_file_schedules_its_own_pods() throws Exception {
    Files.createDirectories(FILES.resolve("my-scheduler"));
    Files.writeString(FILES.resolve("my-scheduler/my-scheduler-config.yaml"),
        resource("my-scheduler-config.yaml").replace(ETC, FILES + "/"));
    schedules("my-scheduler.yaml", "second", "my-scheduler");
  }
}
