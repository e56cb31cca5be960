package io.kubrig.kubelet.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kubrig.kubelet.cluster.ClusterObjects;
import io.kubrig.kubelet.container.ContainerConfigs.NodeFacts;
import io.kubrig.kubelet.container.ContainerDescriptions;
import io.kubrig.kubelet.container.DnsSettings;
import io.kubrig.kubelet.container.PodCgroups;
import io.kubrig.kubelet.container.PodPaths;
import io.kubrig.kubelet.containerd.HostTools;
import io.kubrig.kubelet.containerd.ImageArchive;
import io.kubrig.kubelet.containerd.LocalRuntime;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriClient;
import io.kubrig.kubelet.posix.FileTree;
import io.kubrig.kubelet.posix.Mounts;
import io.kubrig.kubelet.posix.Posix;
import io.kubrig.kubelet.status.StatusReporter;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The whole kubelet but the API, on a containerd of its own: static pods in, containers out. Needs root and a container runtime. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StaticPodsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String IMAGE = "kubrig.test/busybox:1";
  /** So deep that no socket has room for a path below it. */
  private static final String DEEP = "a-data-directory-deep-down-in-the-tree/".repeat(3);

  private final Clock clock = Clock.system();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final Reports reports = new Reports();
  private Path directory;
  private LocalRuntime local;
  private ContainerRuntime runtime;
  private PodPaths paths;
  private PodEngine engine;

  @BeforeAll
  void startContainerd() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    HostTools.Finding finding = HostTools.find();
    assumeTrue(finding instanceof HostTools.Finding.Complete, () -> "no container runtime: " + finding);
    HostTools tools = ((HostTools.Finding.Complete) finding).tools();
    assumeTrue(tools.busybox() != null, "no static busybox to make images of: apt-get install -y busybox-static");
    directory = Files.createDirectories(Files.createTempDirectory("kubelet-it").resolve(DEEP));
    local = new LocalRuntime(directory.resolve("node"), clock);
    local.start();
    local.useRanges(List.of("10.197.0.0/24"));
    local.awaitImage();
    Path archive = directory.resolve("busybox.tar");
    ImageArchive.ofBusybox(tools.busybox(), List.of("sh", "sleep", "cat", "httpd"), IMAGE).writeTo(archive);
    local.importImage(archive);
    runtime = new CriClient(local.endpoint(), Duration.ofMinutes(2));
    Files.createDirectories(directory.resolve("manifests"));
    paths = new PodPaths(directory.resolve("node/kubelet"), directory.resolve("node/logs/pods"), directory.resolve("node/logs/containers"));
    startKubelet();
  }

  private void startKubelet() {
    PodCgroups cgroups = new PodCgroups(local.cgroupRoot(), false);
    RandomGenerator random = RandomGenerator.getDefault();
    ContainerDescriptions descriptions =
        ContainerDescriptions.of(paths, new DnsSettings(List.of("10.96.0.10"), "cluster.local", ""), cgroups, ClusterObjects.NONE,
            new NodeFacts("n1", 1L << 33, true), "n1", false, random);
    PodEvents recorder = (pod, container, warning, reason, message) ->
        events.add(pod.getMetadata().getName() + " " + container + " " + reason + ": " + message);
    engine =
        new PodEngine(
            new PodEngine.Ports(runtime, ClusterObjects.NONE, recorder, reports, Posix.system(), clock, random),
            new PodEngine.Settings(paths, descriptions, cgroups, "n1", List.of("127.0.0.1"), Map.of(), Optional::empty,
                Duration.ofMinutes(1), 1, Duration.ofMinutes(5), Admission.ALL),
            List.of(new StaticPods(directory.resolve("manifests"), "n1", Duration.ofMillis(200), clock)));
    engine.pods().start();
  }

  @AfterAll
  void leaveNothingBehind() throws IOException, InterruptedException {
    if (local == null) {
      return;
    }
    engine.close();
    runtime.close();
    local.reset();
    assertThat(Mounts.below(directory)).isEmpty();
    assertThat(directory.resolve("node")).doesNotExist();
    assertThat(Path.of(local.endpoint().substring("unix://".length())).getParent()).doesNotExist();
    FileTree.delete(directory.getParent().getParent().getParent());
  }

  @Test
  void a_pod_runs_survives_a_restart_of_the_kubelet_and_goes() throws Exception {
    manifest(
        "web",
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, labels: {app: web}}
        spec:
          terminationGracePeriodSeconds: 1
          initContainers:
          - {name: init, image: "kubrig.test/busybox:1", command: [sh, -c, "echo from init > /data/x"], volumeMounts: [{name: data, mountPath: /data}]}
          containers:
          - name: web
            image: kubrig.test/busybox:1
            command: [sh, -c, "echo $(GREETING) $(MY_IP); exec httpd -f -p 8080 -h /data"]
            env:
            - {name: GREETING, value: hello}
            - {name: MY_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
            readinessProbe: {httpGet: {path: /x, port: 8080}, periodSeconds: 1}
            volumeMounts: [{name: data, mountPath: /data}]
          volumes:
          - {name: data, emptyDir: {medium: Memory}}
        """);
    PodStatus ready = reports.await("web-n1", status -> condition(status, "Ready"));
    String id = ready.getContainerStatuses().getFirst().getContainerID();
    assertThat(ready.getPhase()).isEqualTo("Running");
    assertThat(ready.getPodIP()).startsWith("10.197.0.");
    assertThat(events).contains("web-n1 web Created: Container created", "web-n1 web Started: Container started");
    Pod pod = engine.pods().pod("default", "web-n1").orElseThrow();
    assertThat(Files.readString(paths.log(pod, "web", 0))).contains("stdout F hello " + ready.getPodIP());

    engine.close();
    reports.clear();
    startKubelet();
    PodStatus found = reports.await("web-n1", status -> condition(status, "Ready"));
    assertThat(found.getContainerStatuses().getFirst().getContainerID()).isEqualTo(id);
    assertThat(found.getContainerStatuses().getFirst().getRestartCount()).isZero();

    Files.delete(directory.resolve("manifests/web.yaml"));
    reports.awaitForgotten("web-n1");
    assertThat(runtime.sandboxes(Map.of(RuntimeLabels.POD_NAME, "web-n1"))).isEmpty();
    assertThat(paths.pod(pod.getMetadata().getUid())).doesNotExist();
    assertThat(paths.logs(pod)).doesNotExist();
  }

  @Test
  void a_container_that_keeps_failing_backs_off() throws Exception {
    manifest(
        "crash",
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: crash}
        spec:
          containers:
          - {name: c, image: "kubrig.test/busybox:1", command: [sh, -c, "echo why > /dev/termination-log; exit 3"]}
        """);
    PodStatus waiting = reports.await("crash-n1", status -> waits(status, "CrashLoopBackOff"));
    assertThat(waiting.getContainerStatuses().getFirst().getLastState().getTerminated().getMessage()).isEqualTo("why\n");
    assertThat(waiting.getContainerStatuses().getFirst().getLastState().getTerminated().getExitCode()).isEqualTo(3);
    assertThat(waiting.getContainerStatuses().getFirst().getState().getWaiting().getMessage())
        .startsWith("back-off 10s restarting failed container=c pod=crash-n1_default(");
    Files.delete(directory.resolve("manifests/crash.yaml"));
    reports.awaitForgotten("crash-n1");
  }

  @Test
  void an_image_that_must_not_be_pulled_and_is_not_there_is_told() throws Exception {
    manifest(
        "never",
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: never}
        spec:
          containers:
          - {name: c, image: "kubrig.test/none:1", imagePullPolicy: Never}
        """);
    reports.await("never-n1", status -> waits(status, "ErrImageNeverPull"));
    assertThat(events).contains("never-n1 c ErrImageNeverPull: Container image \"kubrig.test/none:1\" is not present with pull policy "
        + "of Never");
    Files.delete(directory.resolve("manifests/never.yaml"));
    reports.awaitForgotten("never-n1");
  }

  private void manifest(String name, String yaml) throws IOException {
    Path next = directory.resolve("manifests/." + name);
    Files.writeString(next, yaml);
    Files.move(next, directory.resolve("manifests/" + name + ".yaml"));
  }

  private static boolean condition(PodStatus status, String type) {
    return status.getConditions().stream().anyMatch(c -> c.getType().equals(type) && c.getStatus().equals("True"));
  }

  private static boolean waits(PodStatus status, String reason) {
    return status.getContainerStatuses().stream()
        .anyMatch(c -> c.getState().getWaiting() != null && reason.equals(c.getState().getWaiting().getReason()));
  }

  /** Keeps what is reported, and lets a test wait for it. */
  private static final class Reports implements StatusReporter {
    private final Map<String, PodStatus> newest = new HashMap<>();
    private final Set<String> forgotten = new HashSet<>();

    @Override
    public synchronized void report(Pod pod, PodStatus status) {
      newest.put(pod.getMetadata().getName(), status);
      notifyAll();
    }

    @Override
    public void ended(Pod pod) {}

    @Override
    public synchronized void forget(Pod pod) {
      forgotten.add(pod.getMetadata().getName());
      notifyAll();
    }

    synchronized void clear() {
      newest.clear();
      forgotten.clear();
    }

    synchronized PodStatus await(String name, Predicate<PodStatus> wanted) throws InterruptedException {
      long limit = System.nanoTime() + PATIENCE.toNanos();
      while (!newest.containsKey(name) || !wanted.test(newest.get(name))) {
        waitUntil(limit, name + " stayed " + newest.get(name));
      }
      return newest.get(name);
    }

    synchronized void awaitForgotten(String name) throws InterruptedException {
      long limit = System.nanoTime() + PATIENCE.toNanos();
      while (!forgotten.contains(name)) {
        waitUntil(limit, name + " did not go");
      }
    }

    private void waitUntil(long limit, String complaint) throws InterruptedException {
      long left = (limit - System.nanoTime()) / 1_000_000;
      assertThat(left).as(complaint).isPositive();
      wait(left);
    }
  }
}
