package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import io.kubrig.kubelet.pod.Containers;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The fields of a pod that its own containers may read. Source: the downward API. */
public final class DownwardFields {
  private DownwardFields() {}

  /** What a running pod knows of itself beyond its specification. */
  public record Place(String nodeName, List<String> hostIps, List<String> podIps, Map<String, Quantity> allocatable) {}

  /** The value of a field path, such as {@code metadata.labels['app']}. */
  public static String field(Pod pod, Place place, String path) {
    Optional<String[]> subscript = subscript(path);
    if (subscript.isPresent()) {
      String key = subscript.get()[1];
      return switch (subscript.get()[0]) {
        case "metadata.labels" -> labels(pod).getOrDefault(key, "");
        case "metadata.annotations" -> annotations(pod).getOrDefault(key, "");
        default -> throw new ContainerConfigException("unsupported fieldPath: " + path);
      };
    }
    return switch (path) {
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "metadata.uid" -> pod.getMetadata().getUid();
      case "metadata.labels" -> lines(labels(pod));
      case "metadata.annotations" -> lines(annotations(pod));
      case "spec.nodeName" -> place.nodeName();
      case "spec.serviceAccountName" -> text(pod.getSpec().getServiceAccountName());
      case "status.hostIP" -> place.hostIps().stream().findFirst().orElse("");
      case "status.hostIPs" -> String.join(",", place.hostIps());
      case "status.podIP" -> place.podIps().stream().findFirst().orElse("");
      case "status.podIPs" -> String.join(",", place.podIps());
      default -> throw new ContainerConfigException("unsupported fieldPath: " + path);
    };
  }

  /** The value of a resource of a container, in units of the divisor, rounded up. A limit that is not set is what the node can give. */
  public static String resource(Pod pod, Container self, Place place, ResourceFieldSelector selector) {
    String name = selector.getContainerName();
    Container container = name == null || name.isEmpty() ? self
        : Containers.find(pod, name).orElseThrow(() -> new ContainerConfigException("container " + name + " not found"));
    String[] parts = selector.getResource().split("\\.", 2);
    if (parts.length != 2) {
      throw new ContainerConfigException("Unsupported container resource : " + selector.getResource());
    }
    Map<String, Quantity> values = values(container, parts[0]);
    Quantity quantity = values == null ? null : values.get(parts[1]);
    if (quantity == null && parts[0].equals("limits")) {
      quantity = place.allocatable().get(parts[1]);
    }
    BigDecimal amount = quantity == null ? BigDecimal.ZERO : quantity.getNumericalAmount();
    BigDecimal divisor = selector.getDivisor() == null ? BigDecimal.ONE : selector.getDivisor().getNumericalAmount();
    return amount.divide(divisor.signum() == 0 ? BigDecimal.ONE : divisor, 0, RoundingMode.CEILING).toPlainString();
  }

  private static Map<String, Quantity> values(Container container, String kind) {
    if (container.getResources() == null) {
      return null;
    }
    return kind.equals("limits") ? container.getResources().getLimits() : container.getResources().getRequests();
  }

  private static Map<String, String> labels(Pod pod) {
    return pod.getMetadata().getLabels() == null ? Map.of() : pod.getMetadata().getLabels();
  }

  private static Map<String, String> annotations(Pod pod) {
    return pod.getMetadata().getAnnotations() == null ? Map.of() : pod.getMetadata().getAnnotations();
  }

  /** {@code base['key']} → base and key. */
  private static Optional<String[]> subscript(String path) {
    int open = path.indexOf("['");
    return open > 0 && path.endsWith("']")
        ? Optional.of(new String[] {path.substring(0, open), path.substring(open + 2, path.length() - 2)})
        : Optional.empty();
  }

  /** One {@code key="value"} a line, sorted, the value quoted as Go does. */
  private static String lines(Map<String, String> map) {
    return new TreeMap<>(map).entrySet().stream().map(entry -> entry.getKey() + "=" + quote(entry.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static String quote(String value) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : value.toCharArray()) {
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> out.append(c);
      }
    }
    return out.append('"').toString();
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }
}
