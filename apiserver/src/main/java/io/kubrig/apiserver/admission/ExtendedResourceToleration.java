package io.kubrig.apiserver.admission;

import io.kubrig.machinery.tree.Tree;
import java.util.TreeSet;

/** Pods that ask for a device go to the nodes that are kept for it. (Source: plugin/pkg/admission/extendedresourcetoleration.) */
public final class ExtendedResourceToleration implements AdmissionPlugin {
  @Override
  public String name() {
    return "ExtendedResourceToleration";
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!Pods.isCreation(request) && !Pods.isUpdate(request)) {
      return;
    }
    Tree spec = request.object().need("spec");
    TreeSet<String> resources = new TreeSet<>();
    for (Tree container : Pods.containers(spec)) {
      container.at("resources", "requests").names().stream().filter(ExtendedResourceToleration::isExtended).forEach(resources::add);
    }
    resources.forEach(
        resource -> Tolerations.addOrReplace(spec, Tree.of("key", resource, "operator", "Exists", "effect", "NoSchedule")));
  }

  /** Named with a domain that is not Kubernetes' own. */
  private static boolean isExtended(String resource) {
    return resource.contains("/") && !resource.contains("kubernetes.io/") && !resource.startsWith("requests.");
  }
}
