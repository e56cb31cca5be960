package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.tree.Tree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What may change of a pod, by the path of the change. (Source: ValidatePodUpdate and its relatives of core validation.) */
final class PodUpdateRules {
  static final String MIRROR = "kubernetes.io/config.mirror";
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final String UPDATABLE =
      "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
          + "existing"
          + " tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

  private PodUpdateRules() {}

  // ---- the pod itself ------------------------------------------------------------------------------------------------

  static void spec(Tree spec, Tree old, FieldErrors errors) {
    for (String list : List.of("containers", "initContainers")) {
      if (!images(spec.trees(list), old.trees(list), SPEC.child(list), errors)) {
        return;
      }
    }
    if (!deadline(spec.get("activeDeadlineSeconds"), old.get("activeDeadlineSeconds"), errors)) {
      return;
    }
    tolerations(spec.trees("tolerations"), old.trees("tolerations"), errors);
    gates(spec.trees("schedulingGates"), old.trees("schedulingGates"), errors);
    Tree munged = munged(spec, old, errors);
    if (!munged.equals(old)) {
      errors.forbidden(SPEC, "pod updates may not change fields other than " + UPDATABLE + "\n" + Differences.of(old, munged));
    }
  }

  /** Whether the containers are still the same ones. */
  private static boolean images(List<Tree> containers, List<Tree> old, FieldPath path, FieldErrors errors) {
    if (containers.size() != old.size()) {
      errors.forbidden(path, "pod updates may not add or remove containers");
      return false;
    }
    for (int i = 0; i < containers.size(); i++) {
      Checks.required(containers.get(i), "image", path.index(i), errors);
    }
    ContainerRules.images(containers, path, errors);
    return true;
  }

  private static boolean deadline(Object deadline, Object old, FieldErrors errors) {
    FieldPath path = SPEC.child("activeDeadlineSeconds");
    if (deadline instanceof Long seconds) {
      if (seconds < 0 || seconds > Integer.MAX_VALUE) {
        errors.invalid(path, seconds, Checks.range(0, Integer.MAX_VALUE));
        return false;
      }
      if (old instanceof Long before && before < seconds) {
        errors.invalid(path, seconds, "must be less than or equal to previous value");
        return false;
      }
    } else if (old != null) {
      errors.invalid(path, null, "must not update from a positive integer to nil value");
    }
    return true;
  }

  private static void tolerations(List<Tree> tolerations, List<Tree> old, FieldErrors errors) {
    Set<Tree> now = new HashSet<>();
    tolerations.forEach(toleration -> now.add(withoutSeconds(toleration)));
    if (!old.stream().map(PodUpdateRules::withoutSeconds).allMatch(now::contains)) {
      errors.forbidden(SPEC.child("tolerations"), "existing toleration can not be modified except its tolerationSeconds");
      return;
    }
    SchedulingRules.tolerations(tolerations, SPEC.child("tolerations"), errors);
  }

  private static Tree withoutSeconds(Tree toleration) {
    Tree copy = toleration.copy();
    copy.remove("tolerationSeconds");
    return copy;
  }

  private static void gates(List<Tree> gates, List<Tree> old, FieldErrors errors) {
    Map<String, Integer> added = new LinkedHashMap<>();
    for (int i = 0; i < gates.size(); i++) {
      added.put(gates.get(i).string("name"), i);
    }
    old.forEach(gate -> added.remove(gate.string("name")));
    added.forEach(
        (name, i) ->
            errors.forbidden(
                SPEC.child("schedulingGates").index(i).child("name"),
                "only deletion is allowed, but found new scheduling gate '" + name + "'"));
  }

  /** The new spec with everything put back that may change. */
  private static Tree munged(Tree spec, Tree old, FieldErrors errors) {
    Tree munged = spec.copy();
    for (String list : List.of("containers", "initContainers")) {
      List<Tree> containers = munged.trees(list);
      for (int i = 0; i < containers.size(); i++) {
        containers.get(i).set("image", old.trees(list).get(i).string("image"));
      }
    }
    for (String member : List.of("activeDeadlineSeconds", "schedulingGates", "tolerations")) {
      putBack(member, munged, old);
    }
    if (old.integer("terminationGracePeriodSeconds") < 0 && spec.integer("terminationGracePeriodSeconds") == 1) {
      putBack("terminationGracePeriodSeconds", munged, old);
    }
    if (!old.list("schedulingGates").isEmpty()) {
      GatedPodRules.check(munged, old, SPEC, errors);
      putBack("nodeSelector", munged, old);
      putBack("affinity", munged, old);
    }
    return munged;
  }

  static void putBack(String member, Tree munged, Tree old) {
    if (old.has(member)) {
      munged.set(member, Tree.copyOf(old.get(member)));
    } else {
      munged.remove(member);
    }
  }

  // ---- status --------------------------------------------------------------------------------------------------------

  static void status(Tree pod, Tree old, FieldErrors errors) {
    Tree status = pod.tree("status");
    Tree before = old.tree("status");
    String nominated = status.string("nominatedNodeName");
    if (!nominated.isEmpty() && !nominated.equals(before.string("nominatedNodeName"))) {
      Checks.dnsSubdomain(nominated, STATUS.child("nominatedNodeName"), errors);
      if (!old.tree("spec").string("nodeName").isEmpty()) {
        errors.forbidden(STATUS.child("nominatedNodeName"), "may not be set on pods that are already bound to a node");
      }
    }
    MetadataRules.immutable(status.string("qosClass"), before.string("qosClass"), STATUS.child("qosClass"), errors);
    if (status.integer("observedGeneration") < 0) {
      errors.invalid(STATUS.child("observedGeneration"), status.integer("observedGeneration"), "must be a non-negative integer");
    }
    transitions("containerStatuses", pod, old, errors);
    transitions("initContainerStatuses", pod, old, errors);
    AddressRules.pod(status, errors);
    PodStatusRules.check(pod, errors);
  }

  /** A container that has ended for good does not run again. */
  private static void transitions(String list, Tree pod, Tree old, FieldErrors errors) {
    Tree spec = old.tree("spec");
    boolean init = list.startsWith("init");
    Map<String, Tree> containers = byName(spec.trees(init ? "initContainers" : "containers"));
    Map<String, Tree> now = byName(pod.tree("status").trees(list));
    List<Tree> before = old.tree("status").trees(list);
    for (int i = 0; i < before.size(); i++) {
      String name = before.get(i).string("name");
      Tree container = containers.getOrDefault(name, Tree.empty());
      boolean ended = before.get(i).tree("state").get("terminated") != null;
      Tree status = now.get(name);
      boolean mayRestart = mayRestart(spec, container, init, before.get(i).at("state", "terminated").integer("exitCode"));
      if (ended && !mayRestart && status != null && status.tree("state").get("terminated") == null) {
        errors.forbidden(STATUS.child(list).index(i).child("state"), "may not be transitioned to non-terminated state");
      }
    }
  }

  private static boolean mayRestart(Tree spec, Tree container, boolean init, long exitCode) {
    String ofPod = spec.string("restartPolicy");
    String policy = container.string("restartPolicy", ofPod);
    if (!container.list("restartPolicyRules").isEmpty() || policy.equals("Always")) {
      return true;
    }
    return exitCode != 0 && (policy.equals("OnFailure") || (init && !ofPod.equals("Never")));
  }

  private static Map<String, Tree> byName(List<Tree> list) {
    Map<String, Tree> byName = new HashMap<>();
    list.forEach(element -> byName.put(element.string("name"), element));
    return byName;
  }

  // ---- ephemeral containers ------------------------------------------------------------------------------------------

  static void ephemeralContainers(Tree pod, Tree old, FieldErrors errors) {
    if (old.tree("metadata").tree("annotations").has(MIRROR)) {
      errors.forbidden(FieldPath.root(), "static pods do not support ephemeral containers");
    }
    FieldPath path = SPEC.child("ephemeralContainers");
    Map<String, Tree> now = byName(pod.tree("spec").trees("ephemeralContainers"));
    for (Tree before : old.tree("spec").trees("ephemeralContainers")) {
      Tree container = now.get(before.string("name"));
      String name = "\"" + before.string("name") + "\"";
      if (container == null) {
        errors.forbidden(path, "existing ephemeral containers " + name + " may not be removed\n");
      } else if (!Objects.equals(container, before)) {
        errors.forbidden(path, "existing ephemeral containers " + name + " may not be changed\n" + Differences.of(before, container));
      }
    }
  }
}
