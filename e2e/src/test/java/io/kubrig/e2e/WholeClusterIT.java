package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * A cluster of real containers from {@code up} to {@code reset}, driven with the stock {@code kubectl}.
 *
 * <p>The methods are chapters of one story on one cluster: they run in their order, and each begins with what the ones before it left.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholeClusterIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String ROLLED_OUT = "--timeout=90s";
  private static volatile String broken = ""; // the first chapter that failed: the story does not go on behind it

  @RegisterExtension
  static final TestWatcher STORY =
      new TestWatcher() {
        @Override
        public void testFailed(ExtensionContext chapter, Throwable cause) {
          broken = broken.isEmpty() ? chapter.getDisplayName() : broken;
        }
      };

  private static TestCluster cluster;
  private static Traces before;

  @BeforeAll
  static void start_a_cluster_with_images() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "real containers need root");
    List<String> missing = Kubrig.missing("kubectl", "containerd", "runc", "busybox").toList();
    assumeTrue(missing.isEmpty(), () -> "not installed: " + missing);
    assumeTrue(Traces.serviceRules().isEmpty(), () -> "another cluster's service rules are on this machine: " + Traces.serviceRules());
    before = Traces.ofMachine();
    cluster = new TestCluster("whole", "containerd");
    try {
      assertThat(cluster.up()).contains("export KUBECONFIG=" + cluster.directory().resolve("admin.conf"));
      cluster.importImages();
    } catch (Throwable failure) {
      cluster.close();
      throw failure;
    }
  }

  @BeforeEach
  void the_story_has_come_so_far() {
    assumeTrue(broken.isEmpty(), () -> "the story ended with " + broken);
  }

  @AfterAll
  static void remove_the_cluster() {
    if (cluster != null && Files.exists(cluster.directory())) {
      cluster.close();
    }
  }

  @Test
  @Order(1)
  void the_node_becomes_ready() {
    cluster.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s");
    assertThat(cluster.kubectl("get", "nodes")).contains("Ready", "v1.36");
    assertThat(cluster.kubectl("get", "nodes,pods", "-A")).contains("node/");
    assertThat(cluster.kubectl("get", "services")).contains("kubernetes", "10.96.0.1", "443/TCP");
  }

  @Test
  @Order(2)
  void the_web_application_is_reached_by_name_and_by_node_port() {
    cluster.kubectl("apply", "-f", app("client.yaml"), "-f", app("web.yaml"));
    cluster.kubectl("rollout", "status", "deployment/web", ROLLED_OUT);
    cluster.kubectl("wait", "--for=condition=Ready", "pod/client", "--timeout=60s");

    String greeting = "hello from v1, served from a ConfigMap, correct-horse=correct-horse";
    Eventually.see(
        "answer by name", SOON,
            () -> cluster.kubectlWith("", "exec", "client", "--", "wget", "-qO-", "http://web/cgi-bin/hello").out().strip(),
            greeting::equals);
    Eventually.see("answer on the node port", SOON, () -> fetch(nodePort()), greeting::equals);
  }

  @Test
  @Order(3)
  void the_application_is_seen_and_touched_with_kubectl() throws IOException, InterruptedException {
    String pod = firstPod("web");
    assertThat(cluster.kubectl("describe", "pod", pod)).contains("Liveness:", "Readiness:", "Pulled", "Created", "Started");
    Eventually.see("event of the binding", Duration.ofSeconds(20), () -> cluster.kubectl("get", "events"),
        events -> events.contains("Successfully assigned default/" + pod));
    assertThat(cluster.kubectl("describe", "deployment", "web")).contains("ScalingReplicaSet", "Scaled up replica set web-");
    assertThat(cluster.kubectl("logs", pod)).isEqualTo("serving version v1\n");
    assertThat(cluster.kubectl("logs", "deployment/web", "--tail=1")).contains("serving version v1");
    assertThat(cluster.kubectl("get", "pods", "-o", "wide")).contains("10.244.");
    assertThat(cluster.kubectl("explain", "deployment.spec.strategy")).contains("DeploymentStrategy", "rollingUpdate");
    assertThat(cluster.kubectl("api-resources")).contains("deployments", "endpointslices", "cronjobs");
    assertThat(cluster.kubectlWith("echo $((6*7)); exit 3\n", "exec", "-i", "client", "--", "sh")).satisfies(run -> {
      assertThat(run.out()).isEqualTo("42\n");
      assertThat(run.code()).isEqualTo(3);
    });
    assertThat(cluster.kubectl("exec", "client", "--", "nslookup", "web.default.svc.cluster.local")).contains(clusterIp("web"));
  }

  @Test
  @Order(4)
  void a_terminal_a_log_and_a_port_are_followed() throws IOException, InterruptedException {
    Process terminal = Terminals.inTerminal(cluster, "exec", "-it", "client", "--", "sh", "-c", "test -t 0 && echo a terminal");
    Text shown = Text.of(terminal.getInputStream());
    shown.await("a terminal", SOON);
    terminal.destroy();

    Process log = cluster.kubectlGoesOn("logs", "-f", firstPod("web"));
    Text.of(log.getInputStream()).await("serving version v1", SOON);
    assertThat(log.isAlive()).as("logs -f goes on").isTrue();
    log.destroy();

    Process forward = cluster.kubectlGoesOn("port-forward", "service/web", ":80", "--address=127.0.0.1");
    Text said = Text.of(forward.getInputStream());
    said.await("Forwarding from 127.0.0.1:", SOON);
    String local = said.now().replaceAll("(?s).*Forwarding from 127.0.0.1:(\\d+).*", "$1");
    assertThat(fetch("http://127.0.0.1:" + local + "/cgi-bin/hello")).startsWith("hello from v1");
    assertThat(fetch("http://127.0.0.1:" + local + "/cgi-bin/hello")).startsWith("hello from v1");
    forward.destroy();
  }

  @Test
  @Order(5)
  void a_rolling_update_fails_no_request_and_can_be_undone() throws InterruptedException {
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<String> refused = new AtomicReference<>("");
    String url = nodePort();
    Thread visitor = Thread.ofVirtual().start(() -> {
      while (!Thread.currentThread().isInterrupted()) {
        String answer = fetch(url);
        if (answer.startsWith("hello from v")) {
          answered.incrementAndGet();
        } else if (!Thread.currentThread().isInterrupted()) {
          refused.compareAndSet("", answer);
        }
      }
    });
    cluster.kubectl("set", "image", "deployment/web", "web=e2e.kubrig.io/web:v2");
    cluster.kubectl("rollout", "status", "deployment/web", ROLLED_OUT);
    Eventually.see("pods of the new version only", SOON, () -> images("web"),
        "e2e.kubrig.io/web:v2 e2e.kubrig.io/web:v2 e2e.kubrig.io/web:v2"::equals);
    visitor.interrupt();
    visitor.join();
    assertThat(refused.get()).as("the first refused request, besides " + answered + " that were answered").isEmpty();
    assertThat(answered.get()).isGreaterThan(20);
    assertThat(fetch(url)).startsWith("hello from v2");

    cluster.kubectl("rollout", "undo", "deployment/web");
    cluster.kubectl("rollout", "status", "deployment/web", ROLLED_OUT);
    assertThat(cluster.kubectl("rollout", "history", "deployment/web")).contains("2", "3");
    Eventually.see("answer of the old version", SOON, () -> fetch(url), answer -> answer.startsWith("hello from v1"));
  }

  @Test
  @Order(6)
  void replicas_follow_the_scale_while_somebody_watches() throws IOException {
    Process watch = cluster.kubectlGoesOn("get", "deployment", "web", "-w");
    Text seen = Text.of(watch.getInputStream());
    seen.await("3/3", SOON);
    cluster.kubectl("scale", "deployment/web", "--replicas=1");
    seen.await("1/1", SOON);
    watch.destroy();
    Eventually.see("single pod", SOON, () -> images("web"), "e2e.kubrig.io/web:v1"::equals);
  }

  @Test
  @Order(7)
  void stateful_replicas_have_names_of_their_own() {
    cluster.kubectl("apply", "-f", app("store.yaml"));
    cluster.kubectl("rollout", "status", "statefulset/store", ROLLED_OUT);
    for (String replica : List.of("store-0", "store-1")) {
      Eventually.see(
          "answer of " + replica,
          SOON,
          () -> cluster.kubectlWith("", "exec", "client", "--", "wget", "-qO-", "http://" + replica + ".store:8080/cgi-bin/whoami").out()
              .strip(),
          replica::equals);
    }
  }

  @Test
  @Order(8)
  void a_job_completes_and_an_agent_runs_on_every_node() {
    cluster.kubectl("apply", "-f", app("count.yaml"), "-f", app("agent.yaml"));
    cluster.kubectl("wait", "--for=condition=Complete", "job/count", "--timeout=90s");
    String counted = cluster.kubectl("logs", "-l", "job-name=count", "--tail=-1");
    assertThat(counted.lines().sorted()).hasSize(9).contains("index 0 counts 1", "index 2 counts 3");
    cluster.kubectl("rollout", "status", "daemonset/agent", ROLLED_OUT);
    assertThat(cluster.kubectl("logs", "daemonset/agent")).startsWith("agent on ");
  }

  @Test
  @Order(9)
  void what_is_wrong_is_said() {
    assertThat(cluster.kubectlFails("create", "deployment", "Web", "--image=x")).contains("Invalid value: \"Web\"", "lowercase RFC 1123");
    assertThat(cluster.kubectlWith(INVALID_POD, "create", "-f", "-").fails())
        .contains("The Pod \"bad\" is invalid", "spec.containers[0].image: Required value",
            "spec.restartPolicy: Unsupported value: \"Sometimes\"");
    assertThat(cluster.kubectlWith(UNKNOWN_FIELD, "create", "-f", "-").fails()).contains("strict decoding error: unknown field \"data2\"");
    assertThat(cluster.kubectlFails("get", "pod", "nobody")).contains("Error from server (NotFound): pods \"nobody\" not found");
    assertThat(cluster.kubectlFails("get", "gadgets")).contains("the server doesn't have a resource type \"gadgets\"");
    assertThat(cluster.kubectlWith(UNKNOWN_NAMESPACE, "create", "-f", "-").fails()).contains("namespaces \"nowhere\" not found");
  }

  private static final String INVALID_POD =
      "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"bad\"},\"spec\":{\"restartPolicy\":\"Sometimes\",\"containers\":[{\"name\":\"c\"}]}}";
  private static final String UNKNOWN_FIELD = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"bad\"},\"data2\":{}}";
  private static final String UNKNOWN_NAMESPACE =
      "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"bad\",\"namespace\":\"nowhere\"}}";

  @Test
  @Order(10)
  void everything_is_still_there_after_a_restart() {
    String pods = runningContainers();
    String port = nodePort();
    assertThat(cluster.down()).contains("Stopped the cluster");
    assertThat(fetch(port)).as("pods and service rules go on while the cluster is down").startsWith("hello from v1");
    cluster.up();
    cluster.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s");
    assertThat(runningContainers()).as("the containers are the same").isEqualTo(pods);
    cluster.kubectl("scale", "deployment/web", "--replicas=2");
    cluster.kubectl("rollout", "status", "deployment/web", ROLLED_OUT);
    Eventually.see("answer on the node port", SOON, () -> fetch(port), answer -> answer.startsWith("hello from v1"));
    Eventually.see(
        "answer by name", SOON, () -> cluster.kubectlWith("", "exec", "client", "--", "wget", "-qO-", "http://web/cgi-bin/hello").out(),
            answer -> answer.startsWith("hello"));
  }

  @Test
  @Order(11)
  void what_is_deleted_goes_away() {
    for (String file : List.of("web.yaml", "store.yaml", "count.yaml", "agent.yaml", "client.yaml")) {
      cluster.kubectl("delete", "-f", app(file), "--timeout=90s");
    }
    Eventually.see("empty namespace", SOON, () -> cluster.kubectl("get", "pods", "-o", "name"), String::isEmpty);
    cluster.kubectl("create", "namespace", "passing");
    cluster.kubectl("create", "configmap", "thing", "-n", "passing", "--from-literal=a=b");
    cluster.kubectl("delete", "namespace", "passing", "--timeout=60s");
  }

  @Test
  @Order(12)
  void a_reset_leaves_nothing_behind() {
    Path directory = cluster.directory();
    cluster.kubectl("apply", "-f", app("client.yaml"), "-f", app("web.yaml"));
    cluster.kubectl("wait", "--for=condition=Ready", "pod/client", "--timeout=90s");
    assertThat(cluster.reset()).contains("Removed " + directory);
    assertThat(directory).doesNotExist();
    assertThat(Traces.ofMachine()).isEqualTo(before);
  }

  private static String app(String file) {
    return Kubrig.file("apps/" + file).toString();
  }

  private static String firstPod(String app) {
    return cluster.kubectl("get", "pods", "-l", "app=" + app, "-o", "jsonpath={.items[0].metadata.name}");
  }

  private static String images(String app) {
    return cluster.kubectl("get", "pods", "-l", "app=" + app, "-o", "jsonpath={.items[*].spec.containers[0].image}");
  }

  private static String runningContainers() {
    String ids = cluster.kubectl("get", "pods", "-l", "app in (web,store,agent)", "-o",
        "jsonpath={range .items[*]}{.status.containerStatuses[0].containerID}{\"\\n\"}{end}");
    return ids.lines().sorted().collect(Collectors.joining("\n"));
  }

  private static String clusterIp(String service) {
    return cluster.kubectl("get", "service", service, "-o", "jsonpath={.spec.clusterIP}");
  }

  private static String nodePort() {
    String address = cluster.kubectl("get", "nodes", "-o", "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}");
    return "http://" + address + ":" + cluster.kubectl("get", "service", "web", "-o", "jsonpath={.spec.ports[0].nodePort}")
        + "/cgi-bin/hello";
  }

  /** The answer of a page on a connection of its own; what went wrong, where there is none. */
  private static String fetch(String url) {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10)).build()) {
      return client.send(HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20)).build(),
          HttpResponse.BodyHandlers.ofString()).body().strip();
    } catch (IOException e) {
      return "failed: " + e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }
}
