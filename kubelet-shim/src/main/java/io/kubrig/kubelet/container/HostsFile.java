package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.HostAlias;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.pod.Containers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The content of a pod's /etc/hosts. Source: hosts(5), the API's {@code hostAliases}. */
final class HostsFile {
  private static final Path HOST = Path.of("/etc/hosts");
  private static final String LOCAL =
      """
      # Kubernetes-managed hosts file.
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::0\tip6-localnet
      fe00::0\tip6-mcastprefix
      fe00::1\tip6-allnodes
      fe00::2\tip6-allrouters
      """;

  private HostsFile() {}

  /** @param domain of the pod's hostname, empty when it has none */
  static String content(Pod pod, List<String> ips, String hostname, String domain) throws IOException {
    StringBuilder text = new StringBuilder();
    if (Containers.isHostNetwork(pod)) {
      text.append("# Kubernetes-managed hosts file (host network).\n");
      if (Files.exists(HOST)) {
        text.append(Files.readString(HOST));
      }
    } else {
      text.append(LOCAL);
      for (String ip : ips) {
        text.append(ip).append('\t');
        text.append(domain.isEmpty() ? hostname : hostname + "." + domain + "\t" + hostname).append('\n');
      }
    }
    List<HostAlias> aliases = pod.getSpec().getHostAliases();
    if (!aliases.isEmpty()) {
      text.append("\n# Entries added by HostAliases.\n");
      aliases.forEach(alias -> text.append(alias.getIp()).append('\t').append(String.join("\t", alias.getHostnames())).append('\n'));
    }
    return text.toString();
  }
}
