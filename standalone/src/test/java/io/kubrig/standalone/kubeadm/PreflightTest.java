package io.kubrig.standalone.kubeadm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

  @TempDir private Path directory;

  @Test
  void all_that_is_wrong_is_told_at_once() throws Exception {
    Files.writeString(directory.resolve("f"), "");
    try (ServerSocket taken = new ServerSocket(0)) {
      Preflight checks = new Preflight(List.of()).port(taken.getLocalPort()).available(directory.resolve("f")).empty(directory)
          .size(1, 1 << 30);
      assertThatThrownBy(() -> checks.run(out)).hasMessage("preflight checks failed");
      assertThat(said.toString(StandardCharsets.UTF_8)).isEqualTo("""
          [preflight] Some fatal errors occurred:
          \t[ERROR Port-%1$d]: Port %1$d is in use
          \t[ERROR FileAvailable-%2$s-f]: %3$s/f already exists
          \t[ERROR DirAvailable-%2$s]: %3$s is not empty
          \t[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2
          \t[ERROR Mem]: the system RAM (1024 MB) is less than the minimum 1700 MB
          [preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`
          """.formatted(taken.getLocalPort(), directory.toString().replace('/', '-'), directory));
    }
  }

  @Test
  void what_is_ignored_is_only_told() {
    new Preflight(List.of("numcpu", "Mem")).size(1, 1).swap(() -> List.of("Filename", "/dev/sda2")).run(out);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("\t[WARNING NumCPU]: ", "\t[WARNING Mem]: ", "\t[WARNING Swap]: ");
    new Preflight(List.of("all")).size(1, 1).run(out);
  }

  @Test
  void nothing_is_said_of_a_machine_that_will_do() {
    new Preflight(List.of()).size(2, 2L << 30).empty(directory).available(directory.resolve("g")).swap(() -> List.of("Filename")).run(out);
    assertThat(said.size()).isZero();
  }
}
