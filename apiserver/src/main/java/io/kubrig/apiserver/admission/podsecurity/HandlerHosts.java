package io.kubrig.apiserver.admission.podsecurity;

import static io.kubrig.apiserver.admission.podsecurity.PodView.named;
import static io.kubrig.apiserver.admission.podsecurity.PodView.plural;
import static io.kubrig.apiserver.admission.podsecurity.PodView.quoted;

import io.kubrig.machinery.tree.Tree;
import java.util.Optional;
import java.util.TreeSet;

/** Probes and lifecycle handlers must not make a kubelet call other hosts. (Source: KEP-4940.) */
final class HandlerHosts {
  private HandlerHosts() {}

  static Optional<Violation> violation(PodView pod) {
    TreeSet<String> hosts = new TreeSet<>();
    TreeSet<String> containers = new TreeSet<>(pod.containersWhere(container -> collect(container, hosts)));
    if (containers.isEmpty()) {
      return Optional.empty();
    }
    String uses =
        plural(" uses ", " use ", containers.size()) + plural("probe or lifecycle host ", "probe or lifecycle hosts ", hosts.size());
    return Optional.of(new Violation("probe or lifecycle host", named(containers) + uses + quoted(hosts)));
  }

  private static boolean collect(Tree container, TreeSet<String> hosts) {
    boolean any = false;
    for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
      any |= collectHandler(container.tree(probe), hosts);
    }
    for (String handler : new String[] {"postStart", "preStop"}) {
      any |= collectHandler(container.at("lifecycle", handler), hosts);
    }
    return any;
  }

  private static boolean collectHandler(Tree handler, TreeSet<String> hosts) {
    boolean any = false;
    for (String action : new String[] {"httpGet", "tcpSocket"}) {
      String host = handler.tree(action).string("host");
      if (!host.isEmpty()) {
        hosts.add(host);
        any = true;
      }
    }
    return any;
  }
}
