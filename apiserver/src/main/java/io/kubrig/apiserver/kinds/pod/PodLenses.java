package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/** The paths through which some of a pod may change that else may not: its ephemeral containers, and what its containers may use. */
final class PodLenses {
  private static final List<String> METADATA =
      List.of("deletionTimestamp", "generation", "labels", "annotations", "finalizers", "ownerReferences");

  private PodLenses() {}

  static Optional<Lens> of(String subresource, Scope scope) {
    return switch (subresource) {
      case "ephemeralcontainers" -> Optional.of(new EphemeralContainers(scope));
      case "resize" -> Optional.of(new Resize(scope));
      default -> Optional.empty();
    };
  }

  /** Puts everything back but the spec, which becomes what the path lets through. */
  private static void keep(Tree object, Tree old, Tree spec) {
    Tree metadata = object.need("metadata");
    METADATA.forEach(member -> Lens.carry(member, metadata, old.tree("metadata")));
    Lens.carry("status", object, old);
    object.set("spec", spec);
    if (!spec.equals(old.tree("spec"))) {
      metadata.set("generation", old.tree("metadata").integer("generation") + 1);
    }
  }

  /** {@code pods/ephemeralcontainers}: containers for debugging are added, and stay. (Source: KEP-277.) */
  private record EphemeralContainers(Scope scope) implements Lens {

    @Override
    public boolean hasTable() {
      return false;
    }

    @Override
    public void prepare(Tree object, Tree old, Operation operation) {
      Tree spec = old.tree("spec").copy();
      Lens.carry("ephemeralContainers", spec, object.tree("spec"));
      keep(object, old, spec);
    }

    @Override
    public void validate(Tree object, Tree old, FieldErrors errors, Operation operation) {
      PodRules.spec(object.tree("spec"), object.tree("metadata"), scope, FieldPath.of("spec"), errors);
      PodUpdateRules.ephemeralContainers(object, old, errors);
    }
  }

  /** {@code pods/resize}: cpu and memory of running containers. (Source: KEP-1287.) */
  private record Resize(Scope scope) implements Lens {

    @Override
    public void prepare(Tree object, Tree old, Operation operation) {
      Tree spec = old.tree("spec").copy();
      Tree given = object.tree("spec");
      if (!ResizeRules.sameContainers(given, spec)) {
        return; // refused by what follows
      }
      for (String list : ResizeRules.LISTS) {
        List<Tree> containers = spec.trees(list);
        for (int i = 0; i < containers.size(); i++) {
          Lens.carry("resources", containers.get(i), given.trees(list).get(i));
          Lens.carry("resizePolicy", containers.get(i), given.trees(list).get(i));
        }
      }
      Lens.carry("resources", spec, given);
      keep(object, old, spec);
    }

    @Override
    public void validate(Tree object, Tree old, FieldErrors errors, Operation operation) {
      PodRules.spec(object.tree("spec"), object.tree("metadata"), scope, FieldPath.of("spec"), errors);
      ResizeRules.check(object, old, errors);
    }
  }
}
