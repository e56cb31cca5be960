package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Programs with the client libraries of other languages, each with its library's defaults. They lie in {@code clients/}, judge the answers
 * themselves, and say {@code done}. One whose library is not installed is skipped: {@code pip install kubernetes} for Python,
 * {@code npm install -g @kubernetes/client-node} (named by {@code NODE_PATH}) for JavaScript, {@code go mod download} in
 * {@code clients/go} for Go.
 */
class LibrariesIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Path CLIENTS = Kubrig.file("src/test/resources/clients");
  private static TestCluster cluster;

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void the_python_client_talks_to_the_cluster() {
    assumeTrue(works(Map.of(), "python3", "-c", "import kubernetes"), "the Python package kubernetes is not installed");
    talks(Map.of(), "python3", "-B", CLIENTS.resolve("python/conversation.py").toString());
  }

  @Test
  void the_javascript_client_talks_to_the_cluster() throws IOException {
    Path program = CLIENTS.resolve("javascript/conversation.mjs");
    String modules = System.getenv("NODE_PATH");
    assumeTrue(modules != null && Files.isDirectory(Path.of(modules, "@kubernetes", "client-node")),
        "@kubernetes/client-node is not installed where NODE_PATH tells");
    Path home = Kubrig.scratch("javascript");
    Files.createSymbolicLink(home.resolve("node_modules"), Path.of(modules)); // modules are looked for beside the program alone
    Path copy = Files.copy(program, home.resolve(program.getFileName()));
    talks(Map.of(), "node", copy.toString());
  }

  @Test
  void an_operator_in_go_does_its_work_in_the_cluster() {
    Map<String, String> offline = Map.of("GOFLAGS", "-mod=readonly", "GOPROXY", "off");
    Path program = Kubrig.scratch("go").resolve("operator");
    assumeTrue(works(offline, "go", "-C", CLIENTS.resolve("go").toString(), "build", "-o", program.toString(), "."),
        "Go or the modules of the client are not installed");
    talks(Map.of(), program.toString());
  }

  private static boolean works(Map<String, String> environment, String... command) {
    return Kubrig.missing(command[0]).findAny().isEmpty() && Run.of(List.of(command), environment, "", LIMIT).code() == 0;
  }

  private static void talks(Map<String, String> environment, String... command) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("KUBECONFIG", cluster().directory().resolve("admin.conf").toString());
    assertThat(Run.of(List.of(command), all, "", LIMIT).ok()).endsWith("done\n");
  }

  private static TestCluster cluster() {
    if (cluster == null) {
      cluster = new TestCluster("libraries", "simulated:2");
      cluster.up();
    }
    return cluster;
  }
}
