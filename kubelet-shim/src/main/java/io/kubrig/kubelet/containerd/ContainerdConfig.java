package io.kubrig.kubelet.containerd;

import io.kubrig.kubelet.posix.Posix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What our own containerd is told: everything it keeps lies below one directory, so that it meets no other containerd of the machine.
 *
 * @param directory the directory of this containerd
 * @param sandboxImage the image whose process holds a pod's namespaces
 * @param cniPlugins the directory of the network plugins
 * @param snapshotter {@code overlayfs}, or {@code native} where the file system cannot carry an overlay
 * @param systemdCgroup whether cgroups are made through systemd
 * @param restrictOomScore whether scores below the daemon's own must not be asked for, because the capability CAP_SYS_RESOURCE is missing
 */
public record ContainerdConfig(
    Path directory, String sandboxImage, Path cniPlugins, String snapshotter, boolean systemdCgroup, boolean restrictOomScore) {
  private static final int CAP_SYS_RESOURCE = 24;
  private static final String SOCKET = "containerd.sock";
  /** What containerd takes (sockaddr_un has room for 108 bytes), less the suffix of the second socket that it opens beside the first. */
  private static final int MAX_SOCKET_PATH = 104 - ".ttrpc".length();

  /** Holds the sockets of those whose own directory has too long a name for one. */
  private static final Path SHORT = Path.of("/run/kubrig");

  /** Looks at the machine: which snapshotter works below the directory, which capabilities this process has, who owns the cgroups. */
  public static ContainerdConfig detect(Path directory, String sandboxImage, HostTools tools, boolean systemdCgroup, Posix posix)
      throws IOException {
    Files.createDirectories(directory);
    String snapshotter = canOverlay(directory, posix) ? "overlayfs" : "native";
    return new ContainerdConfig(directory, sandboxImage, tools.cniPlugins(), snapshotter, systemdCgroup, !hasCapability(CAP_SYS_RESOURCE));
  }

  /**
   * Where the daemon listens: below its directory, or, when that has too long a name for a socket, in a directory of its own below /run.
   */
  public Path socket() {
    Path below = directory.resolve(SOCKET);
    return bytes(below).length <= MAX_SOCKET_PATH ? below : SHORT.resolve(digest(directory)).resolve(SOCKET);
  }

  /** The same for the same directory, different for others. */
  private static String digest(Path directory) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes(directory.toAbsolutePath().normalize()));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static byte[] bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8);
  }

  Path root() {
    return directory.resolve("root");
  }

  Path state() {
    return directory.resolve("state");
  }

  /** The network of the pods that this containerd sets up. */
  public CniNetwork network(String bridge) {
    return new CniNetwork(directory.resolve("cni"), bridge, directory.resolve("addresses"));
  }

  /**
   * The configuration file. Version 2 is what containerd 1.3 to 2.x read; the tables of the 2.x layout are derived from it by the
   * daemon itself.
   */
  String toml() {
    return """
        version = 2
        root = %s
        state = %s
        disabled_plugins = [
          "io.containerd.internal.v1.opt",
          "io.containerd.internal.v1.tracing",
          "io.containerd.snapshotter.v1.aufs",
          "io.containerd.snapshotter.v1.btrfs",
          "io.containerd.snapshotter.v1.devmapper",
          "io.containerd.snapshotter.v1.zfs",
          "io.containerd.tracing.processor.v1.otlp",
        ]

        [grpc]
          address = %s

        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = %s
          restrict_oom_score_adj = %s
          netns_mounts_under_state_dir = true
          stream_server_address = "127.0.0.1"

        [plugins."io.containerd.grpc.v1.cri".cni]
          bin_dir = %s
          conf_dir = %s

        [plugins."io.containerd.grpc.v1.cri".containerd]
          snapshotter = "%s"

        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"

        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
          SystemdCgroup = %s
          Root = %s
        """
        .formatted(
            quote(root()), quote(state()), quote(socket()), quote(sandboxImage), restrictOomScore, quote(cniPlugins),
            quote(directory.resolve("cni")), snapshotter, systemdCgroup, quote(state().resolve("runc")));
  }

  private static String quote(Object value) {
    return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static boolean canOverlay(Path directory, Posix posix) throws IOException {
    Path probe = Files.createTempDirectory(directory, "overlay-probe");
    List<String> layers = List.of("lower", "upper", "work", "merged");
    try {
      for (String layer : layers) {
        Files.createDirectory(probe.resolve(layer));
      }
      String options = "lowerdir=%s,upperdir=%s,workdir=%s".formatted(probe.resolve("lower"), probe.resolve("upper"),
          probe.resolve("work"));
      posix.mount("overlay", probe.resolve("merged"), "overlay", 0, options);
      posix.unmount(probe.resolve("merged"));
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      io.kubrig.kubelet.posix.FileTree.delete(probe);
    }
  }

  private static boolean hasCapability(int number) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapEff:")) {
        long set = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
        return (set >>> number & 1) == 1;
      }
    }
    return false;
  }
}
