package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.kubrig.standalone.simulated.AnnotatedScript;
import io.kubrig.standalone.simulated.ExecCall;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Logs of simulated pods and commands in them, through the API server as on a cluster. */
@KubrigTest(virtualTime = true, onlyControllers = {"serviceaccount-controller", "node-lifecycle-controller"},
    isolation = KubrigTest.Isolation.METHOD)
class ContainersTest {
  private static final int PATIENCE_SECONDS = 30;

  KubrigCluster cluster;
  KubernetesClient client;

  // ---- logs ----------------------------------------------------------------------------------------------------------

  @Test
  void what_a_container_writes_is_its_log() throws Exception {
    start(pod("web", "main").build());
    cluster.containers().pod("default", "web").logs("first", "second");
    assertThat(web().getLog()).isEqualTo("first\nsecond\n");
  }

  @Test
  void an_annotation_says_what_is_written_at_the_start() throws Exception {
    start(pod("web", "main").editMetadata().addToAnnotations(AnnotatedScript.LOG, "starting\nready").endMetadata().build());
    assertThat(web().getLog()).isEqualTo("starting\nready\n");
  }

  @Test
  void the_last_lines_those_since_and_their_times_can_be_asked_for() throws Exception {
    start(pod("web", "main").build());
    var pod = cluster.containers().pod("default", "web");
    pod.logs("old");
    cluster.advance(Duration.ofMinutes(5));
    pod.logs("new", "newest");
    assertThat(web().tailingLines(1).getLog()).isEqualTo("newest\n");
    assertThat(web().sinceSeconds(60).getLog()).isEqualTo("new\nnewest\n");
    assertThat(web().limitBytes(5).getLog()).isEqualTo("old\nn");
    assertThat(web().usingTimestamps().getLog()).startsWith("2026-01-01T00:00:00.000000000Z old\n2026-01-01T00:05:00.000000000Z new\n");
  }

  @Test
  void each_container_has_a_log_of_its_own() throws Exception {
    start(pod("web", "main", "proxy").build());
    cluster.containers().pod("default", "web").logs("from main").logsOf("proxy", "from proxy");
    assertThat(web().inContainer("main").getLog()).isEqualTo("from main\n");
    assertThat(web().inContainer("proxy").getLog()).isEqualTo("from proxy\n");
    assertThatThrownBy(() -> web().getLog()).isInstanceOfSatisfying(KubernetesClientException.class, e -> {
      assertThat(e.getCode()).isEqualTo(400);
      assertThat(e).hasMessageContaining("a container name must be specified for pod web, choose one of: [main proxy]");
    });
  }

  @Test
  void a_restarted_container_has_the_log_of_its_previous_run() throws Exception {
    start(pod("web", "main").editMetadata().addToAnnotations(AnnotatedScript.EXIT_AFTER, "1m")
        .addToAnnotations(AnnotatedScript.LOG, "hello").endMetadata().build());
    assertThatThrownBy(() -> web().terminated().getLog())
        .hasMessageContaining("previous terminated container \"main\" in pod \"web\" not found");
    cluster.containers().pod("default", "web").logs("of the first run");
    cluster.advance(Duration.ofSeconds(61));
    assertThat(web().getLog()).isEqualTo("hello\n");
    assertThat(web().terminated().getLog()).isEqualTo("hello\nof the first run\n");
  }

  @Test
  void a_log_is_followed_until_its_pod_is_gone() throws Exception {
    start(pod("web", "main").build());
    cluster.containers().pod("default", "web").logs("before");
    try (LogWatch followed = web().watchLog();
        BufferedReader lines = new BufferedReader(new InputStreamReader(followed.getOutput(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("before");
      cluster.containers().pod("default", "web").logs("while it is followed");
      assertThat(lines.readLine()).isEqualTo("while it is followed");
      cluster.settle(); // a log that is followed is nothing left to do
      web().delete();
      cluster.settle();
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void a_pod_that_does_not_run_has_no_log() throws Exception {
    cluster.settle();
    client.resource(pod("web", "main").editSpec().withNodeSelector(Map.of("no", "node")).endSpec().build()).create();
    cluster.settle();
    assertThat(web().getLog()).isEmpty(); // as natively: nowhere yet
    assertThatThrownBy(() -> cluster.containers().pod("default", "web").logs("x"))
        .isInstanceOf(IllegalStateException.class).hasMessage("pod default/web is on no simulated node");
    assertThatThrownBy(() -> client.pods().inNamespace("default").withName("nobody").getLog()).hasMessageContaining("\"nobody\" not found");
  }

  @Test
  void a_fork_has_the_logs_and_goes_its_own_way() throws Exception {
    start(pod("web", "main").build());
    cluster.containers().pod("default", "web").logs("common");
    try (KubrigCluster fork = cluster.fork()) {
      cluster.containers().pod("default", "web").logs("here");
      fork.containers().pod("default", "web").logs("there");
      assertThat(web().getLog()).isEqualTo("common\nhere\n");
      assertThat(fork.client().pods().inNamespace("default").withName("web").getLog()).isEqualTo("common\nthere\n");
    }
  }

  // ---- exec ----------------------------------------------------------------------------------------------------------

  @Test
  void a_command_is_answered_as_the_test_says() throws Exception {
    start(pod("web", "main").build());
    cluster.containers().onExec(call -> {
      call.print("you said " + call.line());
      call.printError("in " + call.container());
      return 0;
    });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ExecWatch exec = web().writingOutput(out).writingError(err).exec("echo", "a b")) {
      assertThat(exec.exitCode().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
    }
    assertThat(out).hasToString("you said echo a b\n");
    assertThat(err).hasToString("in main\n");
  }

  @Test
  void a_command_reads_what_is_sent_to_it() throws Exception {
    start(pod("web", "main").build());
    cluster.containers().pod("default", "web").onExec(ContainersTest::shout);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ExecWatch exec = web().redirectingInput().writingOutput(out).exec("shout")) {
      exec.getInput().write("hello\n".getBytes(StandardCharsets.UTF_8));
      exec.getInput().flush();
      assertThat(exec.exitCode().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(3);
    }
    assertThat(out).hasToString("HELLO\n");
  }

  private static int shout(ExecCall call) throws IOException {
    BufferedReader input = new BufferedReader(new InputStreamReader(call.input(), StandardCharsets.UTF_8));
    call.print(input.readLine().toUpperCase(Locale.ROOT));
    return 3;
  }

  @Test
  void without_a_handler_no_command_is_found() throws Exception {
    start(pod("web", "main").build());
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ExecWatch exec = web().writingOutput(new ByteArrayOutputStream()).writingError(err).exec("ls")) {
      assertThat(exec.exitCode().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(127);
    }
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("\"ls\": executable file not found");
  }

  @Test
  void a_command_that_waits_is_interrupted_when_its_client_leaves() throws Exception {
    start(pod("web", "main").build());
    var interrupted = new CountDownLatch(1);
    var started = new CountDownLatch(1);
    cluster.containers().onExec(call -> {
      started.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
      }
      return 0;
    });
    try (ExecWatch exec = web().redirectingOutput().exec("sleep", "infinity")) {
      assertThat(started.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      cluster.settle(); // a command that waits is nothing left to do
      assertThat(exec.exitCode()).isNotDone();
    }
    assertThat(interrupted.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void nobody_runs_commands_without_the_right_to() throws Exception {
    start(pod("web", "main").build());
    try (KubernetesClient alice = cluster.clientFor("alice")) {
      assertThatThrownBy(() -> alice.pods().inNamespace("default").withName("web").redirectingOutput().exec("ls"))
          .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
    }
  }

  @Test
  void outputs_of_any_length_arrive_whole() throws Exception {
    start(pod("web", "main").build());
    String[] lines = {"x".repeat(100), "y".repeat(1000), "z".repeat(300_000)};
    cluster.containers().onExec(call -> {
      for (String line : lines) {
        call.print(line);
      }
      return 0;
    });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ExecWatch exec = web().writingOutput(out).exec("much")) {
      assertThat(exec.exitCode().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
    }
    assertThat(out).hasToString(String.join("\n", lines) + "\n");
  }

  @Test
  void an_attached_client_sees_what_is_written_from_now_on() throws Exception {
    start(pod("web", "main").build());
    cluster.containers().pod("default", "web").logs("before");
    try (ExecWatch attached = web().redirectingOutput().attach();
        BufferedReader lines = new BufferedReader(new InputStreamReader(attached.getOutput(), StandardCharsets.UTF_8))) {
      cluster.settle();
      cluster.containers().pod("default", "web").logs("now");
      assertThat(lines.readLine()).isEqualTo("now");
    }
  }

  @Test
  void clients_that_come_through_the_port_get_logs_and_run_commands() throws Exception {
    start(pod("web", "main").build());
    cluster.containers().onExec(call -> {
      call.print("through the port");
      return 7;
    });
    cluster.containers().pod("default", "web").logs("a line");
    try (KubernetesClient outside = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(cluster.kubeconfig())).build()) {
      PodResource web = outside.pods().inNamespace("default").withName("web");
      assertThat(web.getLog()).isEqualTo("a line\n");
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (ExecWatch exec = web.writingOutput(out).exec("anything")) {
        assertThat(exec.exitCode().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(7);
      }
      assertThat(out).hasToString("through the port\n");
    }
  }

  private PodResource web() {
    return client.pods().inNamespace("default").withName("web");
  }

  private void start(Pod pod) throws InterruptedException {
    cluster.settle();
    client.resource(pod).create();
    cluster.settle();
  }

  private static PodBuilder pod(String name, String... containers) {
    var spec = new PodBuilder().withNewMetadata().withName(name).withNamespace("default").endMetadata().withNewSpec()
        .withAutomountServiceAccountToken(false);
    for (String container : containers) {
      spec = spec.addNewContainer().withName(container).withImage("image").endContainer();
    }
    return spec.endSpec();
  }
}
