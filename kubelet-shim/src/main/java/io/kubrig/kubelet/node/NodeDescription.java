package io.kubrig.kubelet.node;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.kubelet.cri.v1.Image;
import io.kubrig.kubelet.posix.Posix.FilesystemSpace;
import io.kubrig.machinery.component.KubernetesVersion;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The node object of this machine: a pure function of what was read of it. */
final class NodeDescription {
  private static final long EVICTION_MEMORY_BYTES = 100L * 1024 * 1024;
  private static final int EVICTION_DISK_PERCENT = 10;
  private static final int MAX_NAMES_PER_IMAGE = 5;

  private final NodeSettings settings;
  private final Machine machine;

  NodeDescription(NodeSettings settings, Machine machine) {
    this.settings = settings;
    this.machine = machine;
  }

  /**
   * What was read at one moment.
   *
   * @param runtimeVersion such as {@code containerd://1.7.0}
   * @param problem why the node cannot run pods now; empty when it can
   */
  record Reading(FilesystemSpace disk, String runtimeVersion, Optional<String> problem, List<Image> images, Instant now) {}

  /** The node as it registers itself. */
  Node registration(Reading reading) {
    Map<String, String> labels = new LinkedHashMap<>(settings.labels());
    labels.put("beta.kubernetes.io/arch", machine.architecture());
    labels.put("beta.kubernetes.io/os", "linux");
    labels.put("kubernetes.io/arch", machine.architecture());
    labels.put("kubernetes.io/hostname", settings.name());
    labels.put("kubernetes.io/os", "linux");
    return new NodeBuilder()
        .withNewMetadata()
        .withName(settings.name())
        .withLabels(labels)
        .addToAnnotations("volumes.kubernetes.io/controller-managed-attach-detach", "true")
        .endMetadata()
        .withNewSpec()
        .withTaints(settings.taints())
        .endSpec()
        .withStatus(status(Optional.empty(), reading))
        .build();
  }

  NodeStatus status(Optional<NodeStatus> before, Reading reading) {
    Map<String, Quantity> capacity = capacity(reading.disk());
    return new NodeStatusBuilder()
        .withAddresses(addresses())
        .withCapacity(capacity)
        .withAllocatable(allocatable(capacity))
        .withConditions(conditions(before, reading))
        .withNewDaemonEndpoints()
        .withNewKubeletEndpoint(settings.port())
        .endDaemonEndpoints()
        .withImages(images(reading.images()))
        .withNewNodeInfo()
        .withArchitecture(machine.architecture())
        .withBootID(machine.bootId())
        .withContainerRuntimeVersion(reading.runtimeVersion())
        .withKernelVersion(machine.kernel())
        .withKubeProxyVersion("")
        .withKubeletVersion(KubernetesVersion.GIT_VERSION)
        .withMachineID(machine.machineId())
        .withOperatingSystem("linux")
        .withOsImage(machine.osImage())
        .withSystemUUID(machine.systemUuid())
        .endNodeInfo()
        .build();
  }

  private List<NodeAddress> addresses() {
    List<NodeAddress> addresses = new ArrayList<>();
    settings.addresses().forEach(address -> addresses.add(new NodeAddress(address, "InternalIP")));
    addresses.add(new NodeAddress(settings.name(), "Hostname"));
    return addresses;
  }

  Map<String, Quantity> capacity(FilesystemSpace disk) {
    Map<String, Quantity> capacity = new LinkedHashMap<>();
    capacity.put("cpu", new Quantity(Integer.toString(machine.cpus())));
    capacity.put("ephemeral-storage", new Quantity(disk.capacityBytes() / 1024 + "Ki"));
    capacity.put("hugepages-1Gi", new Quantity("0"));
    capacity.put("hugepages-2Mi", new Quantity("0"));
    capacity.put("memory", new Quantity(machine.memoryBytes() / 1024 + "Ki"));
    capacity.put("pods", new Quantity(Integer.toString(settings.maxPods())));
    return capacity;
  }

  /** What is left for pods: without what is reserved, and without what triggers eviction. */
  Map<String, Quantity> allocatable(Map<String, Quantity> capacity) {
    Map<String, Quantity> allocatable = new LinkedHashMap<>(capacity);
    settings.reserved().forEach((resource, amount) ->
        allocatable.computeIfPresent(resource, (key, all) -> less(key, all, amount.getNumericalAmount())));
    allocatable.computeIfPresent("memory", (key, all) -> less(key, all, BigDecimal.valueOf(EVICTION_MEMORY_BYTES)));
    allocatable.computeIfPresent("ephemeral-storage", (key, all) -> {
      long bytes = capacity.get(key).getNumericalAmount().longValue();
      return new Quantity(Long.toString(all.getNumericalAmount().longValue() - bytes * EVICTION_DISK_PERCENT / 100));
    });
    return allocatable;
  }

  private static Quantity less(String resource, Quantity all, BigDecimal amount) {
    BigDecimal left = all.getNumericalAmount().subtract(amount).max(BigDecimal.ZERO);
    return switch (resource) {
      case "cpu" -> new Quantity(left.movePointRight(3).toBigInteger() + "m");
      case "memory" -> new Quantity(left.toBigInteger().longValue() / 1024 + "Ki");
      default -> new Quantity(left.toBigInteger().toString());
    };
  }

  private List<NodeCondition> conditions(Optional<NodeStatus> before, Reading reading) {
    List<NodeCondition> old = before.map(NodeStatus::getConditions).orElse(List.of());
    List<NodeCondition> conditions = new ArrayList<>();
    conditions.add(condition(old, reading, "MemoryPressure", false, "KubeletHasSufficientMemory",
        "kubelet has sufficient memory available"));
    conditions.add(condition(old, reading, "DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"));
    conditions.add(condition(old, reading, "PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"));
    conditions.add(
        reading.problem().isEmpty()
            ? condition(old, reading, "Ready", true, "KubeletReady", "kubelet is posting ready status")
            : condition(old, reading, "Ready", false, "KubeletNotReady", reading.problem().get()));
    return conditions;
  }

  private static NodeCondition condition(List<NodeCondition> old, Reading reading, String type, boolean holds, String reason,
      String message) {
    String status = holds ? "True" : "False";
    String now = reading.now().truncatedTo(ChronoUnit.SECONDS).toString();
    String since =
        old.stream().filter(c -> c.getType().equals(type) && status.equals(c.getStatus()) && c.getLastTransitionTime() != null)
            .map(NodeCondition::getLastTransitionTime).findFirst().orElse(now);
    return new NodeConditionBuilder().withType(type).withStatus(status).withReason(reason).withMessage(message).withLastHeartbeatTime(now)
        .withLastTransitionTime(since).build();
  }

  /** The biggest images. */
  private List<ContainerImage> images(List<Image> images) {
    List<ContainerImage> list = new ArrayList<>();
    int limit = settings.maxImages() < 0 ? images.size() : settings.maxImages();
    images.stream().sorted(Comparator.comparingLong(Image::getSize).reversed()).limit(limit).forEach(image -> {
      List<String> names = new ArrayList<>(image.getRepoDigestsList());
      names.addAll(image.getRepoTagsList());
      list.add(new ContainerImage(names.subList(0, Math.min(names.size(), MAX_NAMES_PER_IMAGE)), image.getSize()));
    });
    return list;
  }
}
