package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.machinery.component.KubernetesVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One node in name only.
 *
 * @param index from 0; makes the name {@code simulated-<index>} and the addresses
 */
record SimulatedNode(int index) {
  private static final Map<String, Quantity> CAPACITY =
      Map.of(
          "cpu", new Quantity("32"),
          "memory", new Quantity("256Gi"),
          "ephemeral-storage", new Quantity("1Ti"),
          "pods", new Quantity("110"));

  String name() {
    return "simulated-" + index;
  }

  String address() {
    return "10.64." + index / 250 + "." + (1 + index % 250);
  }

  /** The address of the n-th pod of this node, for pods whose node has no range of its own. */
  String podAddress(int n) {
    return "10." + (128 + index / 256) + "." + index % 256 + "." + (1 + n % 254);
  }

  /** The Node object as a kubelet would register it. */
  Node object(Instant now) {
    String id = UUID.nameUUIDFromBytes(name().getBytes(StandardCharsets.US_ASCII)).toString();
    return new NodeBuilder()
        .withNewMetadata()
        .withName(name())
        .addToLabels("kubernetes.io/hostname", name())
        .addToLabels("kubernetes.io/os", "linux")
        .addToLabels("kubernetes.io/arch", "amd64")
        .addToLabels("beta.kubernetes.io/os", "linux")
        .addToLabels("beta.kubernetes.io/arch", "amd64")
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .withNewStatus()
        .withCapacity(CAPACITY)
        .withAllocatable(CAPACITY)
        .withConditions(conditions(now))
        .addNewAddress(address(), "InternalIP")
        .addNewAddress(name(), "Hostname")
        .withNewDaemonEndpoints()
        .endDaemonEndpoints()
        .withNewNodeInfo()
        .withArchitecture("amd64")
        .withBootID(id)
        .withContainerRuntimeVersion("simulated://" + KubernetesVersion.NUMBER)
        .withKernelVersion("simulated")
        .withKubeProxyVersion("")
        .withKubeletVersion(KubernetesVersion.GIT_VERSION)
        .withMachineID(id)
        .withOperatingSystem("linux")
        .withOsImage("simulated")
        .withSystemUUID(id)
        .endNodeInfo()
        .endStatus()
        .build();
  }

  List<NodeCondition> conditions(Instant now) {
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    return List.of(
        condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", time),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", time),
        condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available", time),
        condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", time));
  }

  private static NodeCondition condition(String type, String status, String reason, String message, String time) {
    return new NodeConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withLastHeartbeatTime(time)
        .withLastTransitionTime(time)
        .build();
  }
}
