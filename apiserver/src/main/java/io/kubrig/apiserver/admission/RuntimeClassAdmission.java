package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/** Gives pods the overhead and the scheduling of their runtime class. (Source: plugin/pkg/admission/runtimeclass, KEP-688.) */
public final class RuntimeClassAdmission implements AdmissionPlugin {
  private static final String MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

  private final Cluster cluster;

  public RuntimeClassAdmission(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "RuntimeClass";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (Pods.isCreation(request)) {
      runtimeClass(request)
          .ifPresent(
              found -> {
                setOverhead(request, found);
                setScheduling(request, found.tree("scheduling"));
              });
    }
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!Pods.isCreation(request)) {
      return;
    }
    Tree overhead = request.object().at("spec", "overhead");
    Optional<Tree> defined = runtimeClass(request).filter(RuntimeClassAdmission::hasOverhead);
    if (defined.isPresent()) {
      if (!sameAmounts(overhead, podFixed(defined.get()))) {
        throw request.forbidden(MISMATCH);
      }
    } else if (request.object().tree("spec").given("overhead") != null) {
      throw request.forbidden("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
    }
  }

  /** Empty for a pod that names none. */
  private Optional<Tree> runtimeClass(AdmissionRequest request) {
    Tree spec = request.object().tree("spec");
    if (spec.get("runtimeClassName") == null) {
      return Optional.empty();
    }
    String name = spec.string("runtimeClassName");
    Optional<Tree> found = cluster.get("node.k8s.io", "runtimeclasses", "", name);
    if (found.isEmpty()) {
      if (name.isEmpty()) {
        throw new ApiException(500, "", "resource name may not be empty", Tree.empty());
      }
      List<String> wrong = Names.pathSegment(name, false);
      if (!wrong.isEmpty()) {
        String why = "invalid resource name " + FieldErrors.quoted(name) + ": [" + String.join(" ", wrong) + "]";
        throw new ApiException(500, "", why, Tree.empty());
      }
      throw request.forbidden("pod rejected: RuntimeClass \"" + name + "\" not found");
    }
    return found;
  }

  private static boolean hasOverhead(Tree runtimeClass) {
    return runtimeClass.get("overhead") != null;
  }

  private static Tree podFixed(Tree runtimeClass) {
    return runtimeClass.at("overhead", "podFixed");
  }

  private static boolean sameAmounts(Tree one, Tree other) {
    return ResourceAmounts.of(one).equals(ResourceAmounts.of(other));
  }

  private static void setOverhead(AdmissionRequest request, Tree runtimeClass) {
    if (!hasOverhead(runtimeClass)) {
      return;
    }
    Tree spec = request.object().need("spec");
    if (spec.given("overhead") != null && !sameAmounts(spec.tree("overhead"), podFixed(runtimeClass))) {
      throw request.forbidden(MISMATCH);
    }
    spec.set("overhead", podFixed(runtimeClass).copy());
  }

  private static void setScheduling(AdmissionRequest request, Tree scheduling) {
    Tree spec = request.object().need("spec");
    Tree selector = scheduling.tree("nodeSelector");
    for (String label : selector.names()) {
      String wanted = selector.string(label);
      Tree own = spec.tree("nodeSelector");
      if (own.has(label) && !own.string(label).equals(wanted)) {
        throw request.forbidden(
            "conflict: runtimeClass.scheduling.nodeSelector[" + label + "] = " + wanted + "; pod.spec.nodeSelector[" + label + "] = "
                + own.string(label));
      }
      spec.need("nodeSelector").set(label, wanted);
    }
    if (!scheduling.list("tolerations").isEmpty()) {
      spec.set("tolerations", Tolerations.merged(spec.trees("tolerations"), scheduling.trees("tolerations")));
    }
  }
}
