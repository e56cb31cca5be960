package io.kubrig.apiserver.admission.podsecurity;

import static io.kubrig.apiserver.admission.podsecurity.PodView.plural;
import static io.kubrig.apiserver.admission.podsecurity.PodView.quoted;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** SELinux: only types of containers, no user and no role. */
final class SeLinuxOptions {
  private static final Set<String> TYPES = Set.of("", "container_t", "container_init_t", "container_kvm_t");
  private static final int ENGINE_SINCE = 31;

  private SeLinuxOptions() {}

  /** The check as it was up to a minor version. */
  static Check until(int minor) {
    Set<String> types = new HashSet<>(TYPES);
    if (minor >= ENGINE_SINCE) {
      types.add("container_engine_t");
    }
    return pod -> violation(pod, types);
  }

  private static final class Findings {
    private final TreeSet<String> types = new TreeSet<>();
    private boolean user;
    private boolean role;

    boolean add(Tree securityContext, Set<String> allowed) {
      if (securityContext.get("seLinuxOptions") == null) {
        return false;
      }
      Tree options = securityContext.tree("seLinuxOptions");
      boolean badType = !allowed.contains(options.string("type"));
      if (badType) {
        types.add(options.string("type"));
      }
      boolean setsUser = !options.string("user").isEmpty();
      boolean setsRole = !options.string("role").isEmpty();
      user |= setsUser;
      role |= setsRole;
      return badType || setsUser || setsRole;
    }

    String text() {
      List<String> parts = new ArrayList<>();
      if (!types.isEmpty()) {
        parts.add(plural("type ", "types ", types.size()) + quoted(types));
      }
      if (user) {
        parts.add("user may not be set");
      }
      if (role) {
        parts.add("role may not be set");
      }
      return String.join("; ", parts);
    }
  }

  private static Optional<Violation> violation(PodView pod, Set<String> allowed) {
    Findings findings = new Findings();
    boolean byPod = findings.add(pod.securityContext(), allowed);
    List<String> containers = pod.containersWhere(container -> findings.add(container.tree("securityContext"), allowed));
    if (!byPod && containers.isEmpty()) {
      return Optional.empty();
    }
    String detail = PodView.setters(byPod, containers) + " set forbidden securityContext.seLinuxOptions: " + findings.text();
    return Optional.of(new Violation("seLinuxOptions", detail));
  }
}
