package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.Comparator;
import java.util.Optional;

/** Resolves a pod's priority class, and keeps one class the global default. (Source: plugin/pkg/admission/priority.) */
public final class PriorityAdmission implements AdmissionPlugin {
  private static final String GROUP = "scheduling.k8s.io";
  private static final String CLASSES = "priorityclasses";

  private final Cluster cluster;

  public PriorityAdmission(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "Priority";
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (Pods.isCreation(request)) {
      resolve(request);
    } else if (Pods.isUpdate(request)) {
      keep(request);
    }
  }

  private void resolve(AdmissionRequest request) {
    Tree spec = request.object().need("spec");
    long priority = 0;
    String policy = "PreemptLowerPriority";
    Optional<Tree> chosen = chosen(request, spec);
    if (chosen.isPresent()) {
      priority = chosen.get().integer("value");
      policy = chosen.get().string("preemptionPolicy", policy);
      spec.set("priorityClassName", chosen.get().tree("metadata").string("name"));
    }
    if (spec.get("priority") != null && spec.integer("priority") != priority) {
      throw Pods.forbidden(
          request,
          "the integer value of priority (" + spec.integer("priority")
              + ") must not be provided in pod spec; priority admission controller computed " + priority
                  + " from the given PriorityClass name");
    }
    spec.set("priority", priority);
    if (spec.get("preemptionPolicy") != null && !spec.string("preemptionPolicy").equals(policy)) {
      throw Pods.forbidden(
          request,
          "the string value of PreemptionPolicy (" + spec.string("preemptionPolicy")
              + ") must not be provided in pod spec; priority admission controller computed " + policy
                  + " from the given PriorityClass name");
    }
    spec.set("preemptionPolicy", policy);
  }

  private Optional<Tree> chosen(AdmissionRequest request, Tree spec) {
    String name = spec.string("priorityClassName");
    if (!name.isEmpty()) {
      Optional<Tree> named = cluster.get(GROUP, CLASSES, "", name);
      if (named.isEmpty()) {
        throw Pods.forbidden(request, "no PriorityClass with name " + name + " was found");
      }
      return named;
    }
    return cluster.list(GROUP, CLASSES, "").stream()
        .filter(candidate -> candidate.bool("globalDefault"))
        .min(Comparator.comparingLong(candidate -> candidate.integer("value")));
  }

  /** Clients that do not know the fields may leave them out of an update. */
  private static void keep(AdmissionRequest request) {
    Tree old = request.old().tree("spec");
    Tree spec = request.object().need("spec");
    for (String member : new String[] {"priority", "preemptionPolicy"}) {
      if (old.get(member) != null) {
        spec.fill(member, old.get(member));
      }
    }
  }

  @Override
  public void validate(AdmissionRequest request) {
    Verb verb = request.operation().verb();
    boolean written = verb == Verb.CREATE || verb == Verb.UPDATE;
    if (!request.is(GROUP, CLASSES) || !request.isMain() || !written || !request.object().bool("globalDefault")) {
      return;
    }
    String name = request.object().tree("metadata").string("name");
    for (Tree other : cluster.list(GROUP, CLASSES, "")) {
      String otherName = other.tree("metadata").string("name");
      if (other.bool("globalDefault") && !otherName.equals(name)) {
        throw ApiException.forbidden(
            GROUP,
            CLASSES,
            name,
            "PriorityClass " + otherName + " is already marked as default. Only one default can exist");
      }
    }
  }
}
