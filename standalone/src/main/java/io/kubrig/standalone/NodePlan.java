package io.kubrig.standalone;

import io.kubrig.standalone.kubeadm.Networking;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command lines of what runs on every machine of a cluster that others join, in native flags.
 *
 * @param directory the machine's
 * @param name the node's
 * @param address by which others reach the machine
 * @param authority the file of who vouches for the API server and its clients
 */
record NodePlan(DataDirectory directory, String name, InetAddress address, Path authority) {
  static final int KUBELET_PORT = 10_250;
  static final int HEALTH_PORT = 10_248;

  Path kubeconfig() {
    return directory.kubeconfig("kubelet");
  }

  /** By which the machine asks for its first certificate. */
  Path bootstrapKubeconfig() {
    return directory.kubeconfig("bootstrap-kubelet");
  }

  Path kubeletConfig() {
    return directory.kubelet().resolve("config.yaml");
  }

  /** The file of the kubelet's configuration: what all have in common, and where this machine keeps the logs of pods. */
  String kubeletConfig(String common) {
    return common.stripTrailing() + "\npodLogsDir: " + directory.node().resolve("logs").resolve("pods") + "\n";
  }

  /** The certificate that the kubelet renews, with its key. */
  Path clientCertificate() {
    return directory.kubelet().resolve("pki").resolve("kubelet-client-current.pem");
  }

  /**
   * @param endpoint of the container runtime
   * @param cgroupRoot below which the pods' control groups are
   * @param port the kubelet's
   * @param healthPort zero for none
   */
  List<String> kubelet(String endpoint, String cgroupRoot, int port, int healthPort) {
    List<String> flags = new ArrayList<>(List.of(
        "--kubeconfig=" + kubeconfig(),
        "--config=" + kubeletConfig(),
        "--container-runtime-endpoint=" + endpoint,
        "--root-dir=" + directory.kubelet(),
        "--client-ca-file=" + authority,
        "--hostname-override=" + name,
        "--node-ip=" + address.getHostAddress(),
        "--port=" + port,
        "--healthz-port=" + healthPort));
    if (!cgroupRoot.isEmpty()) {
      flags.add("--cgroup-root=" + cgroupRoot);
    }
    return flags;
  }

  /** The same for a machine that has yet to become a node. */
  List<String> joiningKubelet(String endpoint, String cgroupRoot) {
    List<String> flags = new ArrayList<>(kubelet(endpoint, cgroupRoot, KUBELET_PORT, HEALTH_PORT));
    flags.add("--bootstrap-kubeconfig=" + bootstrapKubeconfig());
    return flags;
  }

  List<String> proxy(Networking networking) {
    return List.of(
        "--kubeconfig=" + kubeconfig(),
        "--proxy-mode=nftables",
        "--cluster-cidr=" + networking.podSubnet(),
        "--hostname-override=" + name,
        "--node-routes=true");
  }
}
