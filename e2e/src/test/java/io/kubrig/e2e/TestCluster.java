package io.kubrig.e2e;

import io.kubrig.kubelet.containerd.ImageArchive;
import io.kubrig.kubelet.containerd.LocalRuntime;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A cluster of the test's own: a data directory and ports that nobody else has, and {@code kubectl} pointed at it. */
final class TestCluster implements AutoCloseable {
  private static final Duration UP = Duration.ofMinutes(3);
  private static final Duration DOWN = Duration.ofMinutes(2);
  private static final Duration CALL = Duration.ofMinutes(2);

  private final Path directory;
  private final int port = Kubrig.freePort();
  private final String node;

  /** @param node as {@code up --node} takes it */
  TestCluster(String name, String node) {
    this.directory = Kubrig.scratch(name).resolve("data");
    this.node = node;
  }

  Path directory() {
    return directory;
  }

  /** Starts the cluster in the background and returns what {@code up} said once it was ready. */
  String up() {
    return Kubrig.run(UP, "up", "--detach", "--data-dir=" + directory, "--node=" + node, "--secure-port=" + port).ok();
  }

  String down() {
    return Kubrig.run(DOWN, "down", "--data-dir=" + directory).ok();
  }

  String reset() {
    return Kubrig.run(DOWN, "reset", "--yes", "--data-dir=" + directory).ok();
  }

  /** Runs {@code kubectl}, which reads standard input to its end. */
  Run kubectlWith(String input, String... arguments) {
    return Run.of(kubectlCommand(List.of(arguments)), Map.of(), input, CALL);
  }

  /** Runs {@code kubectl} and returns its standard output; a failure shows everything it said. */
  String kubectl(String... arguments) {
    return kubectlWith("", arguments).ok();
  }

  /** Runs {@code kubectl}, which is meant to fail, and returns what it complains about. */
  String kubectlFails(String... arguments) {
    return kubectlWith("", arguments).fails();
  }

  /** Starts a {@code kubectl} that goes on until it is ended. */
  Process kubectlGoesOn(String... arguments) throws IOException {
    return new ProcessBuilder(kubectlCommand(List.of(arguments))).redirectErrorStream(true).start();
  }

  /** The command line of a {@code kubectl} for this cluster. */
  List<String> kubectlCommand(List<String> arguments) {
    return Stream.concat(Stream.of("kubectl", "--kubeconfig=" + directory.resolve("admin.conf"),
        "--cache-dir=" + directory.resolve("cache")), arguments.stream())
        .toList();
  }

  /** Makes the images that the applications name, of the host's own static busybox, and loads them into the cluster's runtime. */
  void importImages() throws IOException, InterruptedException {
    List<ImageArchive> images = new ArrayList<>();
    for (String version : List.of("v1", "v2")) {
      images.add(
          SampleImages.tools("e2e.kubrig.io/web:" + version)
              .text("/version", version + "\n", 0644)
              .text("/bin/serve", SampleImages.SERVE, 0755)
              .text("/www/cgi-bin/hello", SampleImages.HELLO, 0755)
              .text("/www/cgi-bin/whoami", SampleImages.WHOAMI, 0755)
              .entrypoint("/bin/serve"));
    }
    images.add(SampleImages.tools("e2e.kubrig.io/tools:v1"));
    LocalRuntime runtime = new LocalRuntime(directory.resolve("node"), Clock.system());
    for (int i = 0; i < images.size(); i++) {
      Path archive = directory.resolveSibling("image-" + i + ".tar");
      images.get(i).writeTo(archive);
      runtime.importImage(archive);
    }
  }

  /** Leaves nothing behind, whatever the state. */
  @Override
  public void close() {
    reset();
  }
}
