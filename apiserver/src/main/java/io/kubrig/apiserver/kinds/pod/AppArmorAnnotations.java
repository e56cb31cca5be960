package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.registry.Operation;
import io.kubrig.machinery.tree.Tree;
import java.util.Optional;

/**
 * The AppArmor profile of a container is told twice: by an annotation of old and by a field. When a pod is created each is derived from the
 * other. (Source: KEP-24.)
 */
final class AppArmorAnnotations {
  static final String PREFIX = "container.apparmor.security.beta.kubernetes.io/";

  private AppArmorAnnotations() {}

  static void sync(Tree pod, Operation operation) {
    Tree spec = pod.tree("spec");
    if (spec.tree("os").string("name").equals("windows")) {
      return;
    }
    Object podProfile = spec.tree("securityContext").get("appArmorProfile");
    for (String list : PodDefaults.CONTAINER_LISTS) {
      for (Tree container : spec.trees(list)) {
        sync(pod, container, podProfile, operation);
      }
    }
  }

  private static void sync(Tree pod, Tree container, Object podProfile, Operation operation) {
    String key = PREFIX + container.string("name");
    Object own = container.tree("securityContext").get("appArmorProfile");
    if (own != null || !pod.tree("metadata").tree("annotations").has(key)) {
      return;
    }
    Optional<Tree> derived = field(pod.tree("metadata").tree("annotations").string(key));
    boolean differs = derived.isPresent() && !derived.get().equals(podProfile);
    if (differs) {
      container.need("securityContext").set("appArmorProfile", derived.get());
    }
    if (differs || derived.isEmpty()) {
      operation.warn("metadata.annotations[" + key + "]: deprecated since v1.30; use the \"appArmorProfile\" field instead");
    }
  }

  static Optional<Tree> field(String annotation) {
    if (annotation.equals("unconfined")) {
      return Optional.of(Tree.of("type", "Unconfined"));
    }
    if (annotation.equals("runtime/default")) {
      return Optional.of(Tree.of("type", "RuntimeDefault"));
    }
    String local = annotation.startsWith("localhost/") ? annotation.substring("localhost/".length()) : "";
    return local.isBlank() ? Optional.empty() : Optional.of(Tree.of("type", "Localhost", "localhostProfile", local));
  }
}
