package io.kubrig.apiserver.kinds.batch;

import io.kubrig.apiserver.registry.Lens;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** What of a job's template may change while the job waits to be started: where its pods fit, and what they ask for. (Source: KEP-2926.) */
final class SuspendedJob {
  private SuspendedJob() {}

  /** The new pod spec with the old resources of those containers that are still in their place. */
  static Tree withResources(Tree spec, Tree old) {
    Tree munged = spec.copy();
    for (String list : List.of("containers", "initContainers")) {
      List<Tree> now = munged.trees(list);
      List<Tree> before = old.trees(list);
      for (int i = 0; i < now.size() && now.size() == before.size(); i++) {
        if (now.get(i).string("name").equals(before.get(i).string("name"))) {
          Lens.carry("resources", now.get(i), before.get(i));
        }
      }
    }
    return munged;
  }

  /** The new template with everything put back that may change. */
  static Tree munged(Tree template, Tree old) {
    Tree munged = template.copy();
    Tree spec = munged.need("spec");
    for (String member : List.of("affinity", "nodeSelector", "tolerations", "schedulingGates")) {
      Lens.carry(member, spec, old.tree("spec"));
    }
    for (String member : List.of("annotations", "labels")) {
      Lens.carry(member, munged.need("metadata"), old.tree("metadata"));
    }
    return munged;
  }
}
