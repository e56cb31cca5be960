package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.kubrig.kubelet.cri.v1.Capability;
import io.kubrig.kubelet.cri.v1.Image;
import io.kubrig.kubelet.cri.v1.Int64Value;
import io.kubrig.kubelet.cri.v1.LinuxContainerSecurityContext;
import io.kubrig.kubelet.cri.v1.LinuxSandboxSecurityContext;
import io.kubrig.kubelet.cri.v1.NamespaceMode;
import io.kubrig.kubelet.cri.v1.NamespaceOption;
import io.kubrig.kubelet.cri.v1.SecurityProfile;
import io.kubrig.kubelet.cri.v1.SupplementalGroupsPolicy;
import io.kubrig.kubelet.pod.Containers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who a container's processes are and what they may do: the pod's security context, overridden by the container's own.
 *
 * @param seccompRoot where profiles of type Localhost lie
 * @param seccompDefault whether a container that names no profile gets the runtime's, instead of none
 */
record SecurityContexts(Path seccompRoot, boolean seccompDefault) {
  private static final List<String> MASKED_PATHS =
      List.of(
          "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
          "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap");
  private static final List<String> READONLY_PATHS = List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  LinuxSandboxSecurityContext sandbox(Pod pod) {
    PodSecurityContext context = podContext(pod);
    LinuxSandboxSecurityContext.Builder out = LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(namespaces(pod, ""))
        .setPrivileged(anyPrivileged(pod));
    if (context.getRunAsUser() != null) {
      out.setRunAsUser(number(context.getRunAsUser()));
      if (context.getRunAsGroup() != null) {
        out.setRunAsGroup(number(context.getRunAsGroup()));
      }
    }
    return out.addAllSupplementalGroups(groups(context))
        .setSupplementalGroupsPolicy(groupsPolicy(context))
        .setSeccomp(SecurityProfile.newBuilder().setProfileType(SecurityProfile.ProfileType.RuntimeDefault))
        .build();
  }

  /**
   * @param image as the runtime describes it, for the user that it names
   * @param targetId the run whose process namespace a debugging container joins; empty for others
   */
  LinuxContainerSecurityContext container(Pod pod, Container container, Optional<Image> image, String targetId) {
    PodSecurityContext podContext = podContext(pod);
    SecurityContext own = container.getSecurityContext() == null ? new SecurityContext() : container.getSecurityContext();
    Long user = own.getRunAsUser() != null ? own.getRunAsUser() : podContext.getRunAsUser();
    Long group = own.getRunAsGroup() != null ? own.getRunAsGroup() : podContext.getRunAsGroup();
    Boolean nonRoot = own.getRunAsNonRoot() != null ? own.getRunAsNonRoot() : podContext.getRunAsNonRoot();
    if (Boolean.TRUE.equals(nonRoot)) {
      verifyNonRoot(pod, container, user, image);
    }
    LinuxContainerSecurityContext.Builder out =
        LinuxContainerSecurityContext.newBuilder()
            .setNamespaceOptions(namespaces(pod, targetId))
            .setPrivileged(Boolean.TRUE.equals(own.getPrivileged()))
            .setReadonlyRootfs(Boolean.TRUE.equals(own.getReadOnlyRootFilesystem()))
            .setNoNewPrivs(Boolean.FALSE.equals(own.getAllowPrivilegeEscalation()))
            .addAllSupplementalGroups(groups(podContext))
            .setSupplementalGroupsPolicy(groupsPolicy(podContext))
            .setSeccomp(seccomp(own.getSeccompProfile() != null ? own.getSeccompProfile() : podContext.getSeccompProfile(), own));
    user(out, user, image);
    if (group != null) {
      out.setRunAsGroup(number(group));
    }
    if (own.getCapabilities() != null) {
      out.setCapabilities(
          Capability.newBuilder().addAllAddCapabilities(own.getCapabilities().getAdd())
              .addAllDropCapabilities(own.getCapabilities().getDrop()));
    }
    if (!"Unmasked".equals(own.getProcMount())) {
      out.addAllMaskedPaths(MASKED_PATHS).addAllReadonlyPaths(READONLY_PATHS);
    }
    return out.build();
  }

  private static void user(LinuxContainerSecurityContext.Builder out, Long user, Optional<Image> image) {
    if (user != null) {
      out.setRunAsUser(number(user));
    } else if (image.isPresent() && image.get().hasUid()) {
      out.setRunAsUser(image.get().getUid());
    } else {
      image.map(Image::getUsername).filter(name -> !name.isEmpty()).ifPresent(out::setRunAsUsername);
    }
  }

  private static void verifyNonRoot(Pod pod, Container container, Long user, Optional<Image> image) {
    String where = "(pod: \"" + Containers.describe(pod) + "\", container: " + container.getName() + ")";
    if (user != null) {
      if (user == 0) {
        throw new ContainerConfigException("container's runAsUser breaks non-root policy " + where);
      }
      return;
    }
    boolean numeric = image.isPresent() && image.get().hasUid();
    String name = image.map(Image::getUsername).orElse("");
    if (numeric && image.get().getUid().getValue() == 0 || !numeric && name.isEmpty()) {
      throw new ContainerConfigException("container has runAsNonRoot and image will run as root " + where);
    }
    if (!numeric) {
      throw new ContainerConfigException("container has runAsNonRoot and image has non-numeric user (" + name
          + "), cannot verify user is non-root " + where);
    }
  }

  private SecurityProfile seccomp(SeccompProfile profile, SecurityContext own) {
    SecurityProfile.Builder out = SecurityProfile.newBuilder();
    if (profile == null) {
      boolean runtimeDefault = seccompDefault && !Boolean.TRUE.equals(own.getPrivileged());
      return out.setProfileType(runtimeDefault ? SecurityProfile.ProfileType.RuntimeDefault : SecurityProfile.ProfileType.Unconfined)
          .build();
    }
    return switch (profile.getType()) {
      case "RuntimeDefault" -> out.setProfileType(SecurityProfile.ProfileType.RuntimeDefault).build();
      case "Localhost" ->
          out.setProfileType(SecurityProfile.ProfileType.Localhost)
              .setLocalhostRef(seccompRoot.resolve(profile.getLocalhostProfile()).toString()).build();
      default -> out.setProfileType(SecurityProfile.ProfileType.Unconfined).build();
    };
  }

  private static NamespaceOption namespaces(Pod pod, String targetId) {
    NamespaceMode pid =
        Boolean.TRUE.equals(pod.getSpec().getHostPID())
            ? NamespaceMode.NODE
            : Boolean.TRUE.equals(pod.getSpec().getShareProcessNamespace()) ? NamespaceMode.POD : NamespaceMode.CONTAINER;
    NamespaceOption.Builder out =
        NamespaceOption.newBuilder()
            .setNetwork(Containers.isHostNetwork(pod) ? NamespaceMode.NODE : NamespaceMode.POD)
            .setIpc(Boolean.TRUE.equals(pod.getSpec().getHostIPC()) ? NamespaceMode.NODE : NamespaceMode.POD)
            .setPid(pid);
    return targetId.isEmpty() ? out.build() : out.setPid(NamespaceMode.TARGET).setTargetId(targetId).build();
  }

  private static boolean anyPrivileged(Pod pod) {
    return Containers.all(pod).stream()
        .anyMatch(c -> c.getSecurityContext() != null && Boolean.TRUE.equals(c.getSecurityContext().getPrivileged()));
  }

  private static PodSecurityContext podContext(Pod pod) {
    return pod.getSpec().getSecurityContext() == null ? new PodSecurityContext() : pod.getSpec().getSecurityContext();
  }

  private static List<Long> groups(PodSecurityContext context) {
    List<Long> groups = new ArrayList<>();
    if (context.getFsGroup() != null) {
      groups.add(context.getFsGroup());
    }
    groups.addAll(context.getSupplementalGroups());
    return groups;
  }

  private static SupplementalGroupsPolicy groupsPolicy(PodSecurityContext context) {
    return "Strict".equals(context.getSupplementalGroupsPolicy()) ? SupplementalGroupsPolicy.Strict : SupplementalGroupsPolicy.Merge;
  }

  private static Int64Value number(long value) {
    return Int64Value.newBuilder().setValue(value).build();
  }
}
