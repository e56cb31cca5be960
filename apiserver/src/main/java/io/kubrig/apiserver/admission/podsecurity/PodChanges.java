package io.kubrig.apiserver.admission.podsecurity;

import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Whether an update of a pod changes what the standards look at: its images and containers, of all that may change at all. */
final class PodChanges {
  private PodChanges() {}

  static boolean areSignificant(Tree pod, Tree old) {
    Tree spec = pod.tree("spec");
    Tree oldSpec = old.tree("spec");
    return differ(spec.trees("containers"), oldSpec.trees("containers"))
        || differ(spec.trees("initContainers"), oldSpec.trees("initContainers"))
        || spec.trees("ephemeralContainers").stream().anyMatch(container -> isNew(container, oldSpec.trees("ephemeralContainers")));
  }

  private static boolean differ(List<Tree> containers, List<Tree> old) {
    if (containers.size() != old.size()) {
      return true;
    }
    for (int i = 0; i < containers.size(); i++) {
      if (!containers.get(i).string("image").equals(old.get(i).string("image"))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNew(Tree container, List<Tree> old) {
    return old.stream()
        .noneMatch(other -> other.string("name").equals(container.string("name"))
            && other.string("image").equals(container.string("image")));
  }
}
