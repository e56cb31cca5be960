package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** What admission plugins for pods have in common. */
final class Pods {
  private Pods() {}

  /** Whether a pod itself is created. */
  static boolean isCreation(AdmissionRequest request) {
    return request.operation().verb() == Verb.CREATE && request.isMain() && request.is("", "pods");
  }

  static boolean isUpdate(AdmissionRequest request) {
    return request.operation().verb() == Verb.UPDATE && request.isMain() && request.is("", "pods");
  }

  /** Whether an update counts as a change of what is wanted. */
  static boolean specChanged(AdmissionRequest request) {
    return request.object().tree("metadata").integer("generation") != request.old().tree("metadata").integer("generation");
  }

  static ApiException forbidden(AdmissionRequest request, String why) {
    return request.forbidden(why);
  }

  /** Init containers and containers, not ephemeral ones. */
  static List<Tree> containers(Tree spec) {
    List<Tree> all = new ArrayList<>(spec.trees("initContainers"));
    all.addAll(spec.trees("containers"));
    return all;
  }

  /** A pod that mirrors a static pod of a kubelet. */
  static boolean isMirror(Tree pod) {
    return pod.at("metadata", "annotations").has("kubernetes.io/config.mirror");
  }
}
