package io.kubrig.kubelet.pod;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerRestartRule;
import io.fabric8.kubernetes.api.model.ContainerRestartRuleOnExitCodes;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.pod.RuntimePod.State;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the specification of a pod says about its containers. */
public final class Containers {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .build();
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private Containers() {}

  /** An init container that goes on running beside the others. Source: KEP-753. */
  public static boolean isSidecar(Container container) {
    return "Always".equals(container.getRestartPolicy());
  }

  /** Init, regular and ephemeral containers, in this order. */
  public static List<Container> all(Pod pod) {
    List<Container> all = new ArrayList<>(pod.getSpec().getInitContainers());
    all.addAll(pod.getSpec().getContainers());
    all.addAll(ephemeral(pod));
    return all;
  }

  public static Optional<Container> find(Pod pod, String name) {
    return all(pod).stream().filter(container -> container.getName().equals(name)).findFirst();
  }

  /** The debugging containers, seen as ordinary ones: they share every field but the target. */
  public static List<Container> ephemeral(Pod pod) {
    return pod.getSpec().getEphemeralContainers().stream().map(Containers::asContainer).toList();
  }

  private static Container asContainer(EphemeralContainer ephemeral) {
    return JSON.convertValue(JSON.valueToTree(ephemeral), Container.class);
  }

  /** The name by which the API's fields call a container's place: {@code spec.containers{web}}. */
  public static String fieldPath(Pod pod, String name) {
    if (pod.getSpec().getContainers().stream().anyMatch(container -> container.getName().equals(name))) {
      return "spec.containers{" + name + "}";
    }
    if (pod.getSpec().getInitContainers().stream().anyMatch(container -> container.getName().equals(name))) {
      return "spec.initContainers{" + name + "}";
    }
    return "spec.ephemeralContainers{" + name + "}";
  }

  /** {@code name_namespace(uid)}, as messages call a pod. */
  public static String describe(Pod pod) {
    return pod.getMetadata().getName() + "_" + pod.getMetadata().getNamespace() + "(" + pod.getMetadata().getUid() + ")";
  }

  public static boolean isHostNetwork(Pod pod) {
    return Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
  }

  /**
   * The part of a container whose change makes it start anew: name and image. Everything else that may change in a running pod is
   * applied in place. Shape: hexadecimal FNV-1a, 32 bits.
   */
  public static String hash(Container container) {
    try {
      Object picked = List.of(container.getName(), container.getImage() == null ? "" : container.getImage());
      int hash = FNV_OFFSET;
      for (byte b : JSON.writeValueAsString(picked).getBytes(StandardCharsets.UTF_8)) {
        hash = (hash ^ (b & 0xff)) * FNV_PRIME;
      }
      return Integer.toHexString(hash);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a run that ended is followed by another. Source: the pod's restart policy, KEP-5307 for the container's own rules. */
  public static boolean restarts(Pod pod, Container container, int exitCode) {
    for (ContainerRestartRule rule : container.getRestartPolicyRules()) {
      if ("Restart".equals(rule.getAction()) && rule.getExitCodes() != null && matches(rule.getExitCodes(), exitCode)) {
        return true;
      }
    }
    return switch (restartPolicy(pod, container)) {
      case "Never" -> false;
      case "OnFailure" -> exitCode != 0;
      default -> true;
    };
  }

  private static boolean matches(ContainerRestartRuleOnExitCodes rule, int exitCode) {
    boolean listed = rule.getValues().contains(exitCode);
    return "In".equals(rule.getOperator()) == listed;
  }

  /** The container's own policy, or the pod's. */
  static String restartPolicy(Pod pod, Container container) {
    return container.getRestartPolicy() != null ? container.getRestartPolicy() : podRestartPolicy(pod);
  }

  static String podRestartPolicy(Pod pod) {
    return pod.getSpec().getRestartPolicy() == null ? "Always" : pod.getSpec().getRestartPolicy();
  }

  /** Whether a container has to be started, given its newest run. A run that never got beyond being made counts as not run. */
  static boolean needsStart(Pod pod, Container container, Optional<Instance> newest) {
    if (newest.isEmpty()) {
      return true;
    }
    Instance run = newest.get();
    return switch (run.state()) {
      case RUNNING -> false;
      case CREATED, UNKNOWN -> true;
      case EXITED -> restarts(pod, container, run.exitCode());
    };
  }

  static boolean unknown(Instance instance) {
    return instance.state() == State.UNKNOWN;
  }
}
