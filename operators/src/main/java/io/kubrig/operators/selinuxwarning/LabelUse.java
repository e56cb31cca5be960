package io.kubrig.operators.selinuxwarning;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SELinuxOptions;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a pod uses a volume.
 *
 * @param label user, role, type and level with colons between; empty when the pod names none
 * @param policy how the volume is relabelled, MountOption or Recursive
 */
record LabelUse(Pod pod, String label, String policy) {
  private static final String RECURSIVE = "Recursive";
  private static final String MOUNT = "MountOption";

  /** One thing in which two pods differ. */
  record Conflict(Pod pod, String reason, String message) {}

  static LabelUse of(Pod pod, String volume) {
    var context = pod.getSpec().getSecurityContext();
    String policy = context == null || context.getSeLinuxChangePolicy() == null ? MOUNT : context.getSeLinuxChangePolicy();
    SELinuxOptions ofPod = context == null ? null : context.getSeLinuxOptions();
    String label = policy.equals(RECURSIVE) ? "" : containers(pod)
        .filter(container -> Objects.orEmpty(container.getVolumeMounts()).stream().anyMatch(mount -> volume.equals(mount.getName())))
        .map(container -> label(container, ofPod)).filter(text -> !text.isEmpty()).findFirst().orElse("");
    return new LabelUse(pod, label, policy);
  }

  private static Stream<Container> containers(Pod pod) {
    return Stream.concat(Objects.orEmpty(pod.getSpec().getInitContainers()).stream(),
        Objects.orEmpty(pod.getSpec().getContainers()).stream());
  }

  private static String label(Container container, SELinuxOptions ofPod) {
    SELinuxOptions own = container.getSecurityContext() == null ? null : container.getSecurityContext().getSeLinuxOptions();
    SELinuxOptions options = own == null ? ofPod : own;
    if (options == null) {
      return "";
    }
    return String.join(":", part(options.getUser()), part(options.getRole()), part(options.getType()), part(options.getLevel()));
  }

  private static String part(String text) {
    return text == null ? "" : text;
  }

  /** What two uses of one volume have against each other, told to both pods. */
  static List<Conflict> conflicts(LabelUse one, LabelUse other) {
    List<Conflict> conflicts = new ArrayList<>();
    if (!one.policy.equals(other.policy)) {
      conflicts.add(conflict(one, other, "SELinuxChangePolicy", one.policy, other.policy));
      conflicts.add(conflict(other, one, "SELinuxChangePolicy", other.policy, one.policy));
    } else if (one.policy.equals(MOUNT) && differ(one.label, other.label)) {
      conflicts.add(conflict(one, other, "SELinuxLabel", one.label, other.label));
      conflicts.add(conflict(other, one, "SELinuxLabel", other.label, one.label));
    }
    return conflicts;
  }

  /** Parts that one of them leaves open do not differ. */
  private static boolean differ(String one, String other) {
    String[] left = (one.isEmpty() ? ":::" : one).split(":", 4);
    String[] right = (other.isEmpty() ? ":::" : other).split(":", 4);
    for (int i = 0; i < left.length; i++) {
      if (!left[i].equals(right[i]) && (!left[i].isEmpty() && !right[i].isEmpty() || i == left.length - 1)) {
        return true;
      }
    }
    return false;
  }

  private static Conflict conflict(LabelUse one, LabelUse other, String property, String value, String otherValue) {
    boolean near = one.pod.getMetadata().getNamespace().equals(other.pod.getMetadata().getNamespace());
    String name = Optional.of(other.pod.getMetadata().getName()).filter(n -> near).map(n -> "pod " + n)
        .orElse("a pod in another namespace");
    return new Conflict(one.pod, property + "Conflict", property + " \"" + value + "\" conflicts with " + name
        + " that uses the same volume as this pod with " + property + " \"" + otherValue
        + "\". If both pods land on the same node, only one of them may access the volume.");
  }
}
