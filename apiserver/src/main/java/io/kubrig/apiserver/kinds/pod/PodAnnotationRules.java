package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.Optional;
import java.util.Set;

/** The annotations of pods and templates that mean something to Kubernetes itself. (Source: ValidatePodSpecificAnnotations of native.) */
public final class PodAnnotationRules {
  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
  private static final String SECCOMP = "seccomp.security.alpha.kubernetes.io/pod";
  private static final String CONTAINER_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/";
  private static final Set<String> SECCOMP_PROFILES = Set.of("runtime/default", "docker/default", "unconfined");
  private static final Set<String> APP_ARMOR_PROFILES = Set.of("", "runtime/default", "unconfined");

  private PodAnnotationRules() {}

  /** @param holder with the members metadata and spec */
  public static void check(Tree holder, FieldPath path, FieldErrors errors) {
    Tree annotations = holder.tree("metadata").tree("annotations");
    if (annotations.has(MIRROR) && holder.tree("spec").string("nodeName").isEmpty()) {
      errors.invalid(path.key(MIRROR), annotations.string(MIRROR), "must set spec.nodeName if mirror pod annotation is set");
    }
    String cost = annotations.string(DELETION_COST);
    if (annotations.has(DELETION_COST) && !isInteger(cost)) {
      errors.invalid(path.key(DELETION_COST), cost, "must be a 32bit integer");
    }
    for (String key : annotations.names()) {
      String value = annotations.string(key);
      if (key.equals(SECCOMP) || key.startsWith(CONTAINER_SECCOMP)) {
        seccomp(value, path.child(key), errors);
      } else if (key.startsWith(AppArmorAnnotations.PREFIX)) {
        appArmor(value, key.substring(AppArmorAnnotations.PREFIX.length()), holder.tree("spec"), path.key(key), errors);
      }
    }
  }

  /** What of a pod's annotations may not change any more. (Source: ValidatePodSpecificAnnotationUpdates of native.) */
  static void checkChanges(Tree pod, Tree old, FieldErrors errors) {
    Tree now = pod.tree("metadata").tree("annotations");
    Tree before = old.tree("metadata").tree("annotations");
    FieldPath path = FieldPath.of("metadata", "annotations");
    for (String key : before.names()) {
      if (!now.has(key) || !now.string(key).equals(before.string(key))) {
        fixed(key).ifPresent(what -> errors.forbidden(path.key(key), "may not remove or update " + what));
      }
    }
    for (String key : now.names()) {
      if (!before.has(key)) {
        fixed(key).ifPresent(what -> errors.forbidden(path.key(key), "may not add " + what));
      }
    }
  }

  private static Optional<String> fixed(String key) {
    if (key.startsWith(AppArmorAnnotations.PREFIX)) {
      return Optional.of("AppArmor annotations");
    }
    return key.equals(MIRROR) ? Optional.of("mirror pod annotation") : Optional.empty();
  }

  /** A number of 32 bits, written without a plus sign or needless zeros. */
  private static boolean isInteger(String text) {
    try {
      return Integer.toString(Integer.parseInt(text)).equals(text);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static void seccomp(String profile, FieldPath path, FieldErrors errors) {
    if (profile.startsWith("localhost/")) {
      Checks.descendingPath(profile.substring("localhost/".length()), path, errors);
    } else if (!SECCOMP_PROFILES.contains(profile)) {
      errors.invalid(path, profile, "must be a valid seccomp profile");
    }
  }

  private static void appArmor(String profile, String container, Tree spec, FieldPath path, FieldErrors errors) {
    boolean found = PodDefaults.CONTAINER_LISTS.stream()
        .anyMatch(list -> spec.trees(list).stream().anyMatch(known -> known.string("name").equals(container)));
    if (!found) {
      errors.invalid(path, container, "container not found");
    }
    if (!APP_ARMOR_PROFILES.contains(profile) && !profile.startsWith("localhost/")) {
      errors.invalid(path, profile, "invalid AppArmor profile name: " + FieldErrors.quoted(profile));
    }
  }
}
