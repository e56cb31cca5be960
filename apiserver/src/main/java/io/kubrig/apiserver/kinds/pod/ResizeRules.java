package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** What a resize may change of a pod. (Source: ValidatePodResize of core validation, KEP-1287.) */
final class ResizeRules {
  static final List<String> LISTS = List.of("containers", "initContainers");
  private static final FieldPath SPEC = FieldPath.of("spec");

  private ResizeRules() {}

  /** Whether both specs have the same containers in the same order. */
  static boolean sameContainers(Tree spec, Tree old) {
    for (String list : LISTS) {
      List<String> names = spec.trees(list).stream().map(container -> container.string("name")).toList();
      if (!names.equals(old.trees(list).stream().map(container -> container.string("name")).toList())) {
        return false;
      }
    }
    return true;
  }

  static void check(Tree pod, Tree old, FieldErrors errors) {
    Tree spec = pod.tree("spec");
    Tree before = old.tree("spec");
    if (old.tree("metadata").tree("annotations").has(PodUpdateRules.MIRROR)) {
      errors.forbidden(FieldPath.root(), "static pods cannot be resized");
      return;
    }
    if (before.tree("os").string("name").equals("windows")) {
      errors.forbidden(FieldPath.root(), "windows pods cannot be resized");
    }
    if (!sameContainers(spec, before)) {
      errors.forbidden(SPEC, "containers may not be added, removed, renamed or reordered on resize");
      return;
    }
    String oldClass = old.tree("status").string("qosClass", PodResources.qosClass(before));
    String qos = PodResources.qosClass(spec);
    if (!qos.equals(oldClass)) {
      errors.invalid(SPEC, oldClass, "Pod QOS Class may not change as a result of resizing");
    }
    if (!isSupported(old.tree("status"))) {
      errors.forbidden(SPEC, "Pod running on node without support for resize");
    }
    removals(spec, before, errors);
    if (!withoutComputeResources(spec).equals(withoutComputeResources(before))) {
      errors.forbidden(SPEC, "only cpu and memory resources are mutable");
    }
  }

  /** A kubelet that can resize reports what running containers have been given. */
  private static boolean isSupported(Tree status) {
    for (Tree container : status.trees("containerStatuses")) {
      if (container.tree("state").get("running") != null) {
        return container.get("resources") != null;
      }
    }
    return true;
  }

  private static void removals(Tree spec, Tree old, FieldErrors errors) {
    for (String list : LISTS) {
      List<Tree> containers = spec.trees(list);
      for (int i = 0; i < containers.size(); i++) {
        for (String kind : List.of("requests", "limits")) {
          Tree now = containers.get(i).at("resources", kind);
          if (!now.names().containsAll(old.trees(list).get(i).at("resources", kind).names())) {
            errors.forbidden(SPEC.child(list).index(i).child("resources", kind), "resource " + kind + " cannot be removed");
          }
        }
      }
    }
  }

  private static Tree withoutComputeResources(Tree spec) {
    Tree munged = spec.copy();
    for (String list : LISTS) {
      for (Tree container : munged.trees(list)) {
        strip(container);
        boolean changes = list.equals("containers") || PodResources.isSidecar(container);
        if (changes) {
          container.remove("resizePolicy");
        }
      }
    }
    strip(munged);
    return munged;
  }

  private static void strip(Tree holder) {
    for (String kind : List.of("requests", "limits")) {
      if (holder.tree("resources").get(kind) instanceof Tree amounts) {
        amounts.remove("cpu");
        amounts.remove("memory");
        if (amounts.isEmpty()) {
          holder.tree("resources").remove(kind);
        }
      }
    }
  }
}
