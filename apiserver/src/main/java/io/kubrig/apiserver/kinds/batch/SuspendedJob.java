package io.kubrig.apiserver.kinds.batch;

import io.kubrig.apiserver.registry.Lens;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/**
 * What of a job's template may change while the job is suspended and has no pods: where its pods fit, and what they ask for. (Source:
 * KEP-2926, KEP-5440.)
 */
final class SuspendedJob {
  private SuspendedJob() {}

  /** Whether a job waits to be started, or has been stopped to its last pod. */
  static boolean mayChange(Tree job) {
    Tree status = job.tree("status");
    boolean stopped =
        status.trees("conditions").stream()
            .anyMatch(condition -> condition.string("type").equals("Suspended") && condition.string("status").equals("True"));
    return job.tree("spec").bool("suspend") && (status.get("startTime") == null || stopped) && status.integer("active") == 0;
  }

  /**
   * The old pod spec with all that is new and may be new: of affinities that to nodes only, resources of containers that are still in
   * their place. Labels and annotations of the template change freely.
   */
  static Tree changeable(Tree old, Tree now) {
    Tree allowed = old.copy();
    affinity(allowed, now);
    for (String member : List.of("nodeSelector", "tolerations", "schedulingGates")) {
      Lens.carry(member, allowed, now);
    }
    for (String list : List.of("containers", "initContainers")) {
      resources(allowed.trees(list), now.trees(list));
    }
    return allowed;
  }

  private static void resources(List<Tree> old, List<Tree> now) {
    for (int i = 0; i < now.size() && now.size() == old.size(); i++) {
      if (now.get(i).string("name").equals(old.get(i).string("name"))) {
        Lens.carry("resources", old.get(i), now.get(i));
      }
    }
  }

  private static void affinity(Tree old, Tree spec) {
    if (!spec.has("affinity") && !old.has("affinity")) {
      return;
    }
    Lens.carry("nodeAffinity", old.need("affinity"), spec.tree("affinity"));
    if (!spec.has("affinity") && old.tree("affinity").names().isEmpty()) {
      old.remove("affinity");
    }
  }
}
