package io.kubrig.standalone;

import io.kubrig.kubelet.containerd.HostTools;
import io.kubrig.standalone.kubeadm.JoinConfiguration;
import io.kubrig.standalone.kubeadm.NodeRegistration;
import io.kubrig.standalone.kubeadm.Preflight;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What {@code init} and {@code join} check of this machine. */
final class MachineChecks {
  private MachineChecks() {}

  static Preflight ofInit(ClusterSettings settings, ClusterPlan plan) {
    Preflight checks = new Preflight(settings.init().node().ignorePreflightErrors())
        .root()
        .size(Runtime.getRuntime().availableProcessors(), memoryBytes())
        .port(settings.securePort())
        .available(settings.directory().kubeadmConfig());
    for (int port : new int[] {plan.statusPort(10_259), plan.statusPort(10_257), plan.kubeletPort()}) {
      if (port > 0) {
        checks.port(port);
      }
    }
    return common(checks, settings.init().node()).empty(settings.storageDirectory());
  }

  static Preflight ofJoin(NodePlan plan, JoinConfiguration join) {
    Preflight checks = new Preflight(join.node().ignorePreflightErrors()).root().available(plan.kubeconfig())
        .available(plan.bootstrapKubeconfig());
    return common(checks, join.node()).port(NodePlan.KUBELET_PORT).available(join.caCertPath());
  }

  private static Preflight common(Preflight checks, NodeRegistration node) {
    return checks
        .error("CRI", () -> runtime(node.criSocket()))
        .swap(() -> lines(Path.of("/proc/swaps")))
        .warning("SystemVerification", () -> Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers")) ? Optional.empty()
            : Optional.of("cgroups v1 support is in maintenance mode, please migrate to cgroups v2"))
        .warning("Hostname", () -> hostname(node.name()));
  }

  private static Optional<String> runtime(String socket) {
    if (socket.isEmpty()) {
      return HostTools.find() instanceof HostTools.Finding.Missing missing ? Optional.of("container runtime: " + missing)
          : Optional.empty();
    }
    Path path = Path.of(socket.substring("unix://".length()));
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("could not connect to the container runtime: " + path + ": " + e.getMessage()
          + " (--cri-socket; without it a containerd of the node's own is started)");
    }
  }

  private static Optional<String> hostname(String name) {
    try {
      return InetAddress.getByName(name) == null ? Optional.of("hostname \"" + name + "\" could not be reached") : Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.of("hostname \"" + name + "\" could not be reached");
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // a kernel without swap
    }
  }

  private static long memoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize() : Long.MAX_VALUE;
  }
}
