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
    assertThat(out()).contains("up", "down", "reset", "status", "kubeconfig").doesNotContain("train");
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
}
