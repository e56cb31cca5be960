package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubrig.kubelet.containerd.LocalRuntime;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
 * A cluster of two machines by {@code init} and {@code join}; the second machine is a network namespace.
 *
 * <p>The methods are chapters of one story on one cluster: they run in their order, and each begins with what the ones before it left.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InitJoinIT {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final Pattern JOIN = Pattern.compile(
      "kubrig join (\\S+) --token (\\S+) \\\\\n\t--discovery-token-ca-cert-hash (sha256:[0-9a-f]{64})");
  private static volatile String broken = ""; // the first chapter that failed: the story does not go on behind it

  @RegisterExtension
  static final TestWatcher STORY =
      new TestWatcher() {
        @Override
        public void testFailed(ExtensionContext chapter, Throwable cause) {
          broken = broken.isEmpty() ? chapter.getDisplayName() : broken;
        }
      };

  private static OtherMachine machine;
  private static Traces before;
  private static Path scratch;
  private static String endpoint;
  private static String token;
  private static String hash;

  @BeforeAll
  static void two_machines() {
    assumeTrue("root".equals(System.getProperty("user.name")), "real containers and network namespaces need root");
    List<String> missing = Kubrig.missing("kubectl", "containerd", "runc", "busybox", "ip", "nsenter").toList();
    assumeTrue(missing.isEmpty(), () -> "not installed: " + missing);
    assumeTrue(Traces.serviceRules().isEmpty(), () -> "another cluster's service rules are on this machine: " + Traces.serviceRules());
    scratch = Kubrig.scratch("join");
    machine = new OtherMachine();
    before = Traces.ofMachine();
  }

  @BeforeEach
  void the_story_has_come_so_far() {
    assumeTrue(broken.isEmpty(), () -> "the story ended with " + broken);
  }

  @AfterAll
  static void leave_nothing() {
    if (machine != null) {
      reset();
      machine.close();
    }
  }

  private static Path first() {
    return scratch.resolve("a");
  }

  private static Path second() {
    return scratch.resolve("b");
  }

  private static Run join(String... arguments) {
    return there(Stream.concat(Stream.of("join", "--data-dir=" + second(), "--node-name=second"), Stream.of(arguments))
        .toArray(String[]::new));
  }

  private static Run there(String... arguments) {
    return Kubrig.runBehind(machine.prefix(), LONG, arguments);
  }

  private static Run kubectlWith(String input, String... arguments) {
    return Run.of(Stream.concat(Stream.of("kubectl", "--kubeconfig=" + first().resolve("admin.conf"),
        "--cache-dir=" + scratch.resolve("cache")), Stream.of(arguments)).toList(), Map.of(), input, SOON);
  }

  private static String kubectl(String... arguments) {
    return kubectlWith("", arguments).ok();
  }

  private static String token(String... arguments) {
    return Kubrig.run(SOON, Stream.concat(Stream.of("token"), Stream.concat(Stream.of(arguments), Stream.of("--data-dir=" + first())))
        .toArray(String[]::new)).ok().strip();
  }

  @Test
  @Order(1)
  void the_first_machine_becomes_a_control_plane_and_says_how_others_join() {
    int port = Kubrig.freePort();
    String said = Kubrig.run(LONG, "init", "--data-dir=" + first(), "--node-name=first", "--apiserver-bind-port=" + port,
        "--apiserver-advertise-address=" + machine.here(), "--token-ttl=1h").ok();
    assertThat(said).contains("[certs] Generating \"ca\" certificate and key", "[kubeconfig] Writing \"super-admin.conf\" kubeconfig file",
        "[mark-control-plane] Marking the node first as control-plane by adding the taints [node-role.kubernetes.io/control-plane:NoSchedule]",
        "Your Kubernetes control-plane has initialized successfully!");
    Matcher line = JOIN.matcher(said);
    assertThat(line.find()).as(said).isTrue();
    endpoint = line.group(1);
    token = line.group(2);
    hash = line.group(3);
    assertThat(endpoint).isEqualTo(machine.here() + ":" + port);
    kubectl("wait", "--for=condition=Ready", "node/first", "--timeout=60s");
    assertThat(kubectl("get", "nodes")).containsPattern("first +Ready +control-plane");
    for (String file : List.of("ca.crt", "ca.key", "apiserver.crt", "apiserver-kubelet-client.crt", "front-proxy-ca.crt",
        "front-proxy-client.crt", "sa.key", "sa.pub")) {
      assertThat(first().resolve("pki").resolve(file)).exists();
    }
    assertThat(kubectl("get", "configmap", "-n", "kube-system", "kubeadm-config", "-o", "jsonpath={.data.ClusterConfiguration}"))
        .contains("kind: ClusterConfiguration", "podSubnet: 10.244.0.0/16");
  }

  @Test
  @Order(2)
  void the_first_machines_kubelet_renews_its_certificate_at_once() {
    Eventually.see("certificate of its own", SOON, () -> kubectl("get", "csr"),
        requests -> requests.contains("system:node:first") && requests.contains("Approved,Issued"));
    assertThat(first().resolve("kubelet.conf")).content().contains("client-certificate: ", "kubelet-client-current.pem")
        .doesNotContain("client-key-data");
  }

  @Test
  @Order(3)
  void whoever_cannot_be_trusted_is_refused() throws IOException {
    String other = token("create", "--ttl=1h");
    Eventually.see("signature", SOON, () -> kubectl("get", "configmap", "-n", "kube-public", "cluster-info", "-o", "yaml"),
        map -> map.contains("jws-kubeconfig-" + other.substring(0, 6)));
    assertThat(join(endpoint, "--token", other.substring(0, 7) + "aaaaaaaaaaaaaaaa", "--discovery-token-ca-cert-hash", hash).fails())
        .contains("failed to verify JWS signature of received cluster info object, can't trust this API Server");
    assertThat(join(endpoint, "--token", other, "--discovery-token-ca-cert-hash", "sha256:" + "0".repeat(64)).fails())
        .contains("cluster CA found in cluster-info ConfigMap is invalid: none of the public keys \"" + hash + "\" are pinned");
    assertThat(token("delete", other)).isEqualTo("bootstrap token \"" + other.substring(0, 6) + "\" deleted");
    assertThat(second()).doesNotExist();
  }

  @Test
  @Order(4)
  void an_expired_token_is_refused() throws IOException {
    String brief = token("create", "--ttl=1s");
    Path file = scratch.resolve("join.yaml");
    Files.writeString(file, """
        apiVersion: kubeadm.k8s.io/v1beta4
        kind: JoinConfiguration
        discovery:
          bootstrapToken:
            apiServerEndpoint: %s
            token: %s
            caCertHashes: ["%s"]
        timeouts:
          discovery: 2s
        """.formatted(endpoint, brief, hash));
    Eventually.see("end of the token", SOON, () -> kubectl("get", "secrets", "-n", "kube-system", "-o", "name"),
        secrets -> !secrets.contains("bootstrap-token-" + brief.substring(0, 6)));
    Eventually.see("end of its signature", SOON, () -> kubectl("get", "configmap", "-n", "kube-public", "cluster-info", "-o", "yaml"),
        map -> !map.contains("jws-kubeconfig-" + brief.substring(0, 6)));
    assertThat(join("--config=" + file).fails()).contains("couldn't validate the identity of the API Server: could not find a JWS "
        + "signature in the cluster-info ConfigMap for token ID \"" + brief.substring(0, 6) + "\"");
    assertThat(second()).doesNotExist();
  }

  @Test
  @Order(5)
  void the_second_machine_joins() {
    assertThat(join(endpoint, "--token", token, "--discovery-token-ca-cert-hash", hash).ok())
        .contains("[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap", "This node has joined the cluster:");
    kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=90s");
    assertThat(kubectl("get", "nodes")).containsPattern("first +Ready +control-plane").containsPattern("second +Ready +<none>");
    assertThat(kubectl("get", "csr")).contains("system:bootstrap:" + token.substring(0, 6));
    assertThat(second().resolve("bootstrap-kubelet.conf")).doesNotExist();
    assertThat(Files.isSymbolicLink(second().resolve("node/kubelet/pki/kubelet-client-current.pem"))).isTrue();
    assertThat(join(endpoint, "--token", token, "--discovery-token-ca-cert-hash", hash).fails()).contains("kubelet.conf already exists");
  }

  @Test
  @Order(6)
  void a_pod_on_the_second_machine_is_reached_from_the_first() throws IOException, InterruptedException {
    Path archive = scratch.resolve("web.tar");
    SampleImages.tools("e2e.kubrig.io/web:v1").text("/version", "v1\n", 0644).text("/bin/serve", SampleImages.SERVE, 0755)
        .text("/www/cgi-bin/hello", SampleImages.HELLO, 0755).text("/www/cgi-bin/whoami", SampleImages.WHOAMI, 0755)
        .entrypoint("/bin/serve").writeTo(archive);
    new LocalRuntime(second().resolve("node"), Clock.system()).importImage(archive);
    kubectlWith("""
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
          - {name: web, image: e2e.kubrig.io/web:v1}
        """, "apply", "-f", "-").ok();
    kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=90s");
    assertThat(kubectl("get", "pod", "web", "-o", "jsonpath={.spec.nodeName}")).as("the first machine is tainted").isEqualTo("second");
    assertThat(kubectl("logs", "web")).contains("serving version v1");
    assertThat(kubectl("exec", "web", "--", "echo", "here")).isEqualTo("here\n");
    String address = kubectl("get", "pod", "web", "-o", "jsonpath={.status.podIP}");
    List<String> ask = List.of("timeout", "10", "busybox", "wget", "-qO-", "http://" + address + ":8080/cgi-bin/whoami");
    Eventually.see("answer of the pod", SOON, () -> Run.of(ask, Map.of(), "", SOON).out(), "web\n"::equals);
  }

  @Test
  @Order(7)
  void both_machines_are_what_they_were_after_a_restart() {
    there("down", "--data-dir=" + second()).ok();
    Kubrig.run(LONG, "down", "--data-dir=" + first()).ok();
    Kubrig.run(LONG, "up", "--detach", "--data-dir=" + first()).ok();
    there("up", "--detach", "--data-dir=" + second()).ok();
    kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=90s");
    kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=90s");
    // what is Ready may be so from before: a kubelet that has just begun does not know its containers yet
    Eventually.see("echo of the container", SOON, () -> kubectlWith("", "exec", "web", "--", "echo", "still here").out(),
        "still here\n"::equals);
  }

  @Test
  @Order(8)
  void a_reset_leaves_nothing_behind() {
    reset();
    assertThat(first()).doesNotExist();
    assertThat(second()).doesNotExist();
    assertThat(Traces.ofMachine()).isEqualTo(before);
    assertThat(machine.devices()).containsExactly("eth0", "lo");
  }

  private static void reset() {
    there("reset", "--yes", "--data-dir=" + second()).ok();
    Kubrig.run(LONG, "reset", "--yes", "--data-dir=" + first()).ok();
  }
}
