package io.kubrig.apiserver.kinds.pod;

import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.function.Consumer;

/**
 * Fields of pod specs behind feature gates that are off by default: they are dropped from what a client sends, unless the object has used
 * them before. (Source: dropDisabledFields of native's pkg/api/pod, feature gates of 1.36.)
 */
public final class DisabledFields {
  private static final List<String> PROJECTIONS = List.of("clusterTrustBundle", "podCertificate");

  private DisabledFields() {}

  /** The template of an object, such as its {@code spec.template}. */
  public static void dropFromTemplate(Tree template, Tree old) {
    drop(template.tree("spec"), old.tree("spec"));
  }

  /** @param old an empty tree where there is none */
  static void drop(Tree spec, Tree old) {
    if (old.get("schedulingGroup") == null) {
      spec.remove("schedulingGroup");
    }
    for (String projection : PROJECTIONS) {
      if (!projects(old, projection)) {
        eachSource(spec, source -> source.remove(projection));
      }
    }
    if (!hasStopSignal(old)) {
      for (String list : PodDefaults.CONTAINER_LISTS) {
        for (Tree container : spec.trees(list)) {
          if (container.get("lifecycle") instanceof Tree lifecycle) {
            lifecycle.remove("stopSignal");
          }
        }
      }
    }
  }

  private static boolean projects(Tree spec, String projection) {
    for (Tree volume : spec.trees("volumes")) {
      if (volume.tree("projected").trees("sources").stream().anyMatch(source -> source.has(projection))) {
        return true;
      }
    }
    return false;
  }

  private static void eachSource(Tree spec, Consumer<Tree> action) {
    spec.trees("volumes").forEach(volume -> volume.tree("projected").trees("sources").forEach(action));
  }

  private static boolean hasStopSignal(Tree spec) {
    return PodDefaults.CONTAINER_LISTS.stream()
        .flatMap(list -> spec.trees(list).stream())
        .anyMatch(container -> container.tree("lifecycle").has("stopSignal"));
  }
}
