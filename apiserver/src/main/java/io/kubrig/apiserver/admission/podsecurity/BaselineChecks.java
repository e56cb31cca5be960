package io.kubrig.apiserver.admission.podsecurity;

import static io.kubrig.apiserver.admission.podsecurity.PodView.named;
import static io.kubrig.apiserver.admission.podsecurity.PodView.plural;
import static io.kubrig.apiserver.admission.podsecurity.PodView.quoted;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the baseline does not allow: the well-known ways out of a container. */
final class BaselineChecks {
  private static final Set<String> DEFAULT_CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");

  private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

  private BaselineChecks() {}

  static Optional<Violation> appArmorProfile(PodView pod) {
    TreeSet<String> values = new TreeSet<>();
    boolean byPod = setsForbiddenProfile(pod.securityContext(), values);
    List<String> containers = pod.containersWhere(container -> setsForbiddenProfile(container.tree("securityContext"), values));
    TreeSet<String> annotations = new TreeSet<>();
    pod.annotations()
        .forEach(
            (name, value) -> {
              boolean allowed = value.isEmpty() || value.equals("runtime/default") || value.startsWith("localhost/");
              if (name.startsWith(APP_ARMOR) && !allowed) {
                annotations.add(name + "=\"" + value + "\"");
              }
            });
    List<String> setters = new ArrayList<>();
    if (byPod || !containers.isEmpty()) {
      setters.add(PodView.setters(byPod, containers));
    }
    List<String> bad = new ArrayList<>(values);
    if (!annotations.isEmpty()) {
      bad.addAll(annotations);
      setters.add(plural("annotation", "annotations", annotations.size()));
    }
    if (setters.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Violation(
            plural("forbidden AppArmor profile", "forbidden AppArmor profiles", bad.size()),
            String.join(" and ", setters) + " must not set AppArmor profile type to " + quoted(bad)));
  }

  private static boolean setsForbiddenProfile(Tree securityContext, Set<String> values) {
    String type = securityContext.tree("appArmorProfile").string("type");
    if (securityContext.get("appArmorProfile") == null || type.equals("RuntimeDefault") || type.equals("Localhost")) {
      return false;
    }
    values.add(type);
    return true;
  }

  static Optional<Violation> capabilities(PodView pod) {
    TreeSet<String> added = new TreeSet<>();
    List<String> containers =
        pod.containersWhere(
            container -> {
              List<String> more = new ArrayList<>(container.at("securityContext", "capabilities").strings("add"));
              more.removeAll(DEFAULT_CAPABILITIES);
              return added.addAll(more) || !more.isEmpty();
            });
    if (containers.isEmpty()) {
      return Optional.empty();
    }
    String detail = named(containers) + " must not include " + quoted(added) + " in securityContext.capabilities.add";
    return Optional.of(new Violation("non-default capabilities", detail));
  }

  static Optional<Violation> hostNamespaces(PodView pod) {
    List<String> shared = new ArrayList<>();
    for (String namespace : new String[] {"hostNetwork", "hostPID", "hostIPC"}) {
      if (pod.spec().bool(namespace)) {
        shared.add(namespace + "=true");
      }
    }
    return shared.isEmpty() ? Optional.empty() : Optional.of(new Violation("host namespaces", String.join(", ", shared)));
  }

  static Optional<Violation> hostPathVolumes(PodView pod) {
    List<String> volumes = pod.spec().trees("volumes").stream().filter(volume -> volume.get("hostPath") != null).map(v -> v.string("name"))
        .toList();
    return volumes.isEmpty()
        ? Optional.empty()
        : Optional.of(new Violation("hostPath volumes", plural("volume", "volumes", volumes.size()) + " " + quoted(volumes)));
  }

  static Optional<Violation> hostPorts(PodView pod) {
    TreeSet<String> ports = new TreeSet<>();
    List<String> containers =
        pod.containersWhere(
            container -> {
              List<String> own =
                  container.trees("ports").stream().map(port -> port.integer("hostPort")).filter(port -> port != 0).map(String::valueOf)
                      .toList();
              ports.addAll(own);
              return !own.isEmpty();
            });
    if (containers.isEmpty()) {
      return Optional.empty();
    }
    String uses = plural(" uses ", " use ", containers.size()) + plural("hostPort ", "hostPorts ", ports.size());
    return Optional.of(new Violation("hostPort", named(containers) + uses + String.join(", ", ports)));
  }

  static Optional<Violation> privileged(PodView pod) {
    List<String> containers = pod.containersWhere(container -> container.tree("securityContext").bool("privileged"));
    return containers.isEmpty()
        ? Optional.empty()
        : Optional.of(new Violation("privileged", named(containers) + " must not set securityContext.privileged=true"));
  }

  static Optional<Violation> procMount(PodView pod) {
    TreeSet<String> types = new TreeSet<>();
    List<String> containers =
        pod.containersWhere(
            container -> {
              String type = container.tree("securityContext").string("procMount", "Default");
              if (type.equals("Default")) {
                return false;
              }
              types.add(type);
              return true;
            });
    return containers.isEmpty()
        ? Optional.empty()
        : Optional.of(new Violation("procMount", named(containers) + " must not set securityContext.procMount to " + quoted(types)));
  }

  static Optional<Violation> windowsHostProcess(PodView pod) {
    boolean byPod = pod.securityContext().tree("windowsOptions").bool("hostProcess");
    List<String> containers = pod.containersWhere(container -> container.at("securityContext", "windowsOptions").bool("hostProcess"));
    if (!byPod && containers.isEmpty()) {
      return Optional.empty();
    }
    String detail = PodView.setters(byPod, containers) + " must not set securityContext.windowsOptions.hostProcess=true";
    return Optional.of(new Violation("hostProcess", detail));
  }
}
