package io.kubrig.apiserver.admission.podsecurity;

import static io.kubrig.apiserver.admission.podsecurity.PodView.named;
import static io.kubrig.apiserver.admission.podsecurity.PodView.plural;
import static io.kubrig.apiserver.admission.podsecurity.PodView.quoted;

import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which system calls a container may make: at least the runtime's own filter. */
final class SeccompProfiles {
  private static final String REASON = "seccompProfile";
  private static final String OF_POD = "seccomp.security.alpha.kubernetes.io/pod";
  private static final String OF_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";

  private SeccompProfiles() {}

  /** As it was said before there were fields. */
  static Optional<Violation> annotations(PodView pod) {
    TreeSet<String> forbidden = new TreeSet<>();
    collect(pod, OF_POD, forbidden);
    pod.containers().forEach(container -> collect(pod, OF_CONTAINER + container.string("name"), forbidden));
    if (forbidden.isEmpty()) {
      return Optional.empty();
    }
    String detail = "forbidden " + plural("annotation ", "annotations ", forbidden.size()) + String.join(", ", forbidden);
    return Optional.of(new Violation(REASON, detail));
  }

  private static void collect(PodView pod, String annotation, TreeSet<String> forbidden) {
    String value = pod.annotations().get(annotation);
    boolean allowed =
        value == null || value.equals("runtime/default") || value.equals("docker/default") || value.startsWith("localhost/");
    if (!allowed) {
      forbidden.add(annotation + "=\"" + value + "\"");
    }
  }

  static Optional<Violation> baseline(PodView pod) {
    TreeSet<String> values = new TreeSet<>();
    boolean byPod = setsForbidden(pod.securityContext(), values);
    List<String> containers = pod.containersWhere(container -> setsForbidden(container.tree("securityContext"), values));
    if (!byPod && containers.isEmpty()) {
      return Optional.empty();
    }
    String detail = PodView.setters(byPod, containers) + " must not set securityContext.seccompProfile.type to " + quoted(values);
    return Optional.of(new Violation(REASON, detail));
  }

  static Optional<Violation> restricted(PodView pod) {
    Optional<Violation> explicit = baseline(pod);
    if (explicit.isPresent() || isSet(pod.securityContext())) {
      return explicit;
    }
    List<String> without = pod.containersWhere(container -> !isSet(container.tree("securityContext")));
    return without.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Violation(
                REASON, "pod or " + named(without)
                    + " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\""));
  }

  private static boolean isSet(Tree securityContext) {
    return securityContext.get("seccompProfile") != null;
  }

  private static boolean setsForbidden(Tree securityContext, Set<String> values) {
    String type = securityContext.tree("seccompProfile").string("type");
    if (!isSet(securityContext) || type.equals("RuntimeDefault") || type.equals("Localhost")) {
      return false;
    }
    values.add(type);
    return true;
  }
}
