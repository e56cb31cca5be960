package io.kubrig.kubelet.container;

import io.kubrig.kubelet.cluster.ClusterObjects;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** How sandboxes and containers are described to the runtime: the wiring of this package. */
public record ContainerDescriptions(SandboxConfigs sandboxes, ContainerConfigs containers) {

  /**
   * @param nodeHostname the machine's name, which pods on the host's network see
   * @param seccompDefault whether containers get the runtime's seccomp profile unless they name one
   */
  public static ContainerDescriptions of(
      PodPaths paths,
      DnsSettings dns,
      PodCgroups cgroups,
      ClusterObjects cluster,
      ContainerConfigs.NodeFacts node,
      String nodeHostname,
      boolean seccompDefault,
      RandomGenerator random) {
    Path profiles = paths.root().resolve("seccomp");
    SecurityContexts security = new SecurityContexts(profiles, seccompDefault);
    SandboxConfigs sandboxes = new SandboxConfigs(paths, dns, security, cgroups, nodeHostname);
    return new ContainerDescriptions(sandboxes, new ContainerConfigs(paths, sandboxes, security, cluster, node, random));
  }
}
