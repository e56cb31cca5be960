package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Sysctl;
import io.kubrig.kubelet.cri.v1.LinuxPodSandboxConfig;
import io.kubrig.kubelet.cri.v1.PodSandboxConfig;
import io.kubrig.kubelet.cri.v1.PodSandboxMetadata;
import io.kubrig.kubelet.cri.v1.PortMapping;
import io.kubrig.kubelet.cri.v1.Protocol;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.pod.RuntimeLabels;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Describes a pod's sandbox to the runtime. */
public final class SandboxConfigs {
  private static final int MAX_HOSTNAME = 63;

  private final PodPaths paths;
  private final DnsSettings dns;
  private final SecurityContexts security;
  private final PodCgroups cgroups;
  private final String nodeHostname;

  SandboxConfigs(PodPaths paths, DnsSettings dns, SecurityContexts security, PodCgroups cgroups, String nodeHostname) {
    this.paths = paths;
    this.dns = dns;
    this.security = security;
    this.cgroups = cgroups;
    this.nodeHostname = nodeHostname;
  }

  /** The configuration, and complaints about the pod's name resolution. */
  public record Described(PodSandboxConfig config, List<String> dnsComplaints) {}

  public Described describe(Pod pod, int attempt) throws IOException {
    DnsSettings.Resolved resolved = dns.forPod(pod);
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(pod.getMetadata().getName())
                    .setNamespace(pod.getMetadata().getNamespace())
                    .setUid(pod.getMetadata().getUid())
                    .setAttempt(attempt))
            .setLogDirectory(paths.logs(pod).toString())
            .setDnsConfig(resolved.config())
            .putAllLabels(labels(pod))
            .putAllAnnotations(pod.getMetadata().getAnnotations() == null ? Map.of() : pod.getMetadata().getAnnotations());
    if (!Containers.isHostNetwork(pod)) {
      config.setHostname(hostname(pod));
    }
    for (Container container : Containers.all(pod)) {
      container.getPorts().stream().filter(port -> port.getHostPort() != null && port.getHostPort() > 0).map(SandboxConfigs::mapping)
          .forEach(config::addPortMappings);
    }
    LinuxPodSandboxConfig.Builder linux = LinuxPodSandboxConfig.newBuilder().setCgroupParent(cgroups.parent(pod))
        .setSecurityContext(security.sandbox(pod));
    if (pod.getSpec().getSecurityContext() != null) {
      for (Sysctl sysctl : pod.getSpec().getSecurityContext().getSysctls()) {
        linux.putSysctls(sysctl.getName(), sysctl.getValue());
      }
    }
    return new Described(config.setLinux(linux).build(), resolved.complaints());
  }

  /** The pod's own labels, and those by which it is found again. */
  static Map<String, String> labels(Pod pod) {
    Map<String, String> labels = new HashMap<>();
    if (pod.getMetadata().getLabels() != null) {
      labels.putAll(pod.getMetadata().getLabels());
    }
    labels.put(RuntimeLabels.POD_NAME, pod.getMetadata().getName());
    labels.put(RuntimeLabels.POD_NAMESPACE, pod.getMetadata().getNamespace());
    labels.put(RuntimeLabels.POD_UID, pod.getMetadata().getUid());
    return labels;
  }

  /** What the pod's processes take for the machine's name. */
  String hostname(Pod pod) {
    if (Containers.isHostNetwork(pod)) {
      return nodeHostname;
    }
    String name = pod.getSpec().getHostnameOverride() != null ? pod.getSpec().getHostnameOverride() : shortHostname(pod);
    boolean fqdn = Boolean.TRUE.equals(pod.getSpec().getSetHostnameAsFQDN()) && !domain(pod).isEmpty();
    return fqdn ? name + "." + domain(pod) : name;
  }

  String shortHostname(Pod pod) {
    String wanted = pod.getSpec().getHostname();
    String name = wanted == null || wanted.isEmpty() ? pod.getMetadata().getName() : wanted;
    String cut = name.length() > MAX_HOSTNAME ? name.substring(0, MAX_HOSTNAME) : name;
    return cut.replaceAll("[-.]+$", "");
  }

  /** The domain of the pod's hostname: that of its governing service; empty when it has none. */
  String domain(Pod pod) {
    String subdomain = pod.getSpec().getSubdomain();
    return subdomain == null || subdomain.isEmpty() ? ""
        : subdomain + "." + pod.getMetadata().getNamespace() + ".svc." + dns.clusterDomain();
  }

  private static PortMapping mapping(ContainerPort port) {
    return PortMapping.newBuilder()
        .setContainerPort(port.getContainerPort())
        .setHostPort(port.getHostPort())
        .setHostIp(port.getHostIP() == null ? "" : port.getHostIP())
        .setProtocol(Protocol.valueOf(port.getProtocol() == null ? "TCP" : port.getProtocol()))
        .build();
  }
}
