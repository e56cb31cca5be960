package io.kubrig.apiserver.admission;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Which labels a kubelet may set on its own node. (Source: KEP-279, k8s.io/kubelet/pkg/apis.) */
final class NodeLabels {
  private static final String RESTRICTED = "node-restriction.kubernetes.io";
  private static final Set<String> OWN_NAMESPACES = Set.of("kubelet.kubernetes.io", "node.kubernetes.io");
  private static final Set<String> OWN =
      Set.of(
          "kubernetes.io/hostname",
          "kubernetes.io/os",
          "kubernetes.io/arch",
          "beta.kubernetes.io/os",
          "beta.kubernetes.io/arch",
          "beta.kubernetes.io/instance-type",
          "node.kubernetes.io/instance-type",
          "topology.kubernetes.io/zone",
          "topology.kubernetes.io/region",
          "failure-domain.beta.kubernetes.io/zone",
          "failure-domain.beta.kubernetes.io/region");

  private NodeLabels() {}

  /** The labels that differ and are not the kubelet's to change, sorted. */
  static TreeSet<String> forbiddenChanges(Map<String, String> labels, Map<String, String> old) {
    TreeSet<String> changed = new TreeSet<>(labels.keySet());
    changed.addAll(old.keySet());
    changed.removeIf(label -> Objects.equals(labels.get(label), old.get(label)));
    changed.removeIf(label -> !isForbidden(label));
    return changed;
  }

  private static boolean isForbidden(String label) {
    int slash = label.indexOf('/');
    String namespace = slash < 0 ? "" : label.substring(0, slash);
    boolean kubernetes = isWithin(namespace, "kubernetes.io") || isWithin(namespace, "k8s.io");
    return isWithin(namespace, RESTRICTED) || kubernetes && !isKubelets(label, namespace);
  }

  private static boolean isKubelets(String label, String namespace) {
    return OWN.contains(label) || OWN_NAMESPACES.stream().anyMatch(own -> isWithin(namespace, own));
  }

  private static boolean isWithin(String namespace, String domain) {
    return namespace.equals(domain) || namespace.endsWith("." + domain);
  }
}
