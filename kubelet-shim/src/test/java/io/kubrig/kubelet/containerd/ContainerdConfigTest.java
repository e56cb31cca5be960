package io.kubrig.kubelet.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ContainerdConfigTest {
  private static final Path SHORT = Path.of("/var/lib/kubrig/node/containerd");
  /** Its own socket would fit, but not the second one that containerd opens beside it. */
  private static final Path LONG = Path.of("/data/" + "d".repeat(83));

  @Test
  void the_socket_lies_below_the_directory() {
    assertThat(config(SHORT).socket()).isEqualTo(SHORT.resolve("containerd.sock"));
  }

  @Test
  void a_directory_with_too_long_a_name_has_its_socket_below_run() {
    Path socket = config(LONG).socket();

    assertThat(socket.toString()).startsWith("/run/kubrig/").endsWith("/containerd.sock").hasSizeLessThan(60);
    assertThat(config(LONG).socket()).isEqualTo(socket);
    assertThat(config(LONG.resolveSibling(LONG.getFileName() + "e")).socket()).isNotEqualTo(socket);
    assertThat(config(LONG).toml()).contains("address = \"" + socket + "\"");
  }

  private static ContainerdConfig config(Path directory) {
    return new ContainerdConfig(directory, "pause", Path.of("/usr/lib/cni"), "overlayfs", false, false);
  }
}
