package io.kubrig.apiserver.admission;

import io.kubrig.machinery.tree.Tree;

/** Pods may keep others off their node, not off whole zones. (Source: plugin/pkg/admission/antiaffinity.) */
public final class LimitPodHardAntiAffinityTopology implements AdmissionPlugin {
  private static final String HOSTNAME = "kubernetes.io/hostname";

  @Override
  public String name() {
    return "LimitPodHardAntiAffinityTopology";
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!Pods.isCreation(request) && !Pods.isUpdate(request)) {
      return;
    }
    Tree affinity = request.object().at("spec", "affinity", "podAntiAffinity");
    for (Tree term : affinity.trees("requiredDuringSchedulingIgnoredDuringExecution")) {
      if (!term.string("topologyKey").equals(HOSTNAME)) {
        throw request.forbidden(
            "affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey " + term.string("topologyKey") + " but only key " + HOSTNAME
                + " is allowed");
      }
    }
  }
}
