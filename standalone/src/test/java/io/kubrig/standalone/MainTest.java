package io.kubrig.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path temporary;

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  private int run(String... args) throws InterruptedException {
    return Main.run(List.of(args));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void an_unknown_flag_or_command_is_an_error_not_ignored() throws Exception {
    assertThat(run("up", "--foo")).isEqualTo(1);
    assertThat(err()).startsWith("Error: Unknown option: '--foo'");
    assertThat(run("nonsense")).isEqualTo(1);
    assertThat(run("up", "--node=docker")).isEqualTo(1);
    assertThat(err()).contains("'docker' is neither containerd nor simulated[:N]");
    assertThat(run("up", "--storage=disk", "--data-dir=" + temporary)).isEqualTo(1);
    assertThat(err()).contains("--storage is embedded, memory or etcd=URL, not 'disk'");
  }

  @Test
  void a_component_takes_its_native_flags() throws Exception {
    assertThat(run("controller-manager", "--foo")).isEqualTo(1);
    assertThat(err()).isEqualTo("Error: unknown flag: --foo\n");
    assertThat(run("kube-proxy", "--version")).isZero();
    assertThat(out()).isEqualTo("Kubernetes v1.36.2\n");
    assertThat(run("proxy", "--help")).isZero();
    assertThat(out()).contains("Usage:\n  kube-proxy [flags]\n");
  }

  @Test
  void commands_about_a_cluster_that_is_not_there_say_so() throws Exception {
    String data = "--data-dir=" + temporary.resolve("none");
    assertThat(run("status", data)).isEqualTo(3);
    assertThat(run("down", data)).isZero();
    assertThat(run("kubeconfig", data)).isEqualTo(1);
    assertThat(err()).contains("there is no cluster in ");
  }

  @Test
  void reset_removes_only_what_kubrig_made() throws Exception {
    Files.writeString(temporary.resolve("precious"), "x");
    assertThat(run("reset", "--yes", "--data-dir=" + temporary)).isEqualTo(1);
    assertThat(err()).contains("was not made by kubrig: nothing is removed");
    assertThat(temporary.resolve("precious")).exists();
  }

  @Test
  void help_version_and_completion_are_there() throws Exception {
    assertThat(run()).isZero();
    assertThat(out()).contains("init", "join", "token", "up", "down", "reset", "status", "kubeconfig").doesNotContain("train");
    assertThat(run("version")).isZero();
    assertThat(out()).contains("Kubernetes v1.36.2");
    assertThat(run("completion")).isZero();
    assertThat(out()).contains("complete -F");
  }

  @Test
  void node_modes_are_read_strictly() {
    assertThat(NodeMode.parse("containerd")).isEqualTo(new NodeMode.Containerd());
    assertThat(NodeMode.parse("simulated:5")).isEqualTo(new NodeMode.Simulated(5));
    assertThatThrownBy(() -> NodeMode.parse("simulated:x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_machine_that_cannot_join_is_told_what_to_say() throws Exception {
    String data = "--data-dir=" + temporary.resolve("none");
    assertThat(run("join", data)).isEqualTo(1);
    assertThat(err()).contains("bootstrapToken or file must be set");
    assertThat(run("join", data, "--control-plane", "h:1")).isEqualTo(1);
    assertThat(err()).contains("leave the flag out to join as a worker node");
    assertThat(run("join", data, "--discovery-file", "no-such-file")).isEqualTo(1);
    assertThat(run("init", data, "--token-ttl", "soon")).isEqualTo(1);
    assertThat(err()).contains("--token-ttl \"soon\" is no duration such as 24h");
    assertThat(run("init", data, "--service-cidr", "10.0.0.0/30")).isEqualTo(1);
    assertThat(err()).contains("--service-cidr \"10.0.0.0/30\" is too small");
    Path file = temporary.resolve("init.yaml");
    Files.writeString(file, "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n");
    assertThat(run("init", data, "--config", file.toString(), "--service-cidr", "10.0.0.0/16")).isEqualTo(1);
    assertThat(err()).contains("can not mix '--config' with arguments [service-cidr]");
    assertThat(temporary.resolve("none")).doesNotExist();
  }

  @Test
  void tokens_are_made_without_a_cluster() throws Exception {
    assertThat(run("token", "generate")).isZero();
    assertThat(out()).matches("[a-z0-9]{6}\\.[a-z0-9]{16}\n");
    assertThat(run("token")).isEqualTo(1);
    assertThat(err()).contains("missing subcommand; \"kubrig token\" is not meant to be run on its own");
    assertThat(run("token", "create", "abc", "--data-dir=" + temporary.resolve("none"))).isEqualTo(1);
    assertThat(err()).contains("the bootstrap token \"abc\" was not of the form");
  }
}
