package io.kubrig.apiserver.admission.podsecurity;

import static io.kubrig.apiserver.admission.podsecurity.PodView.named;
import static io.kubrig.apiserver.admission.podsecurity.PodView.plural;
import static io.kubrig.apiserver.admission.podsecurity.PodView.quoted;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What the restricted level asks for beyond the baseline: good practice in hardening. */
final class RestrictedChecks {
  private static final List<String> VOLUMES =
      List.of("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret");

  private static final List<String> OTHER_VOLUMES =
      List.of(
          "hostPath",
          "gcePersistentDisk",
          "awsElasticBlockStore",
          "gitRepo",
          "nfs",
          "iscsi",
          "glusterfs",
          "rbd",
          "flexVolume",
          "cinder",
          "cephfs",
          "flocker",
          "fc",
          "azureFile",
          "vsphereVolume",
          "quobyte",
          "azureDisk",
          "photonPersistentDisk",
          "portworxVolume",
          "scaleIO",
          "storageos");

  private RestrictedChecks() {}

  static Optional<Violation> privilegeEscalation(PodView pod) {
    List<String> containers = pod.containersWhere(container -> container.tree("securityContext").bool("allowPrivilegeEscalation", true));
    return containers.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Violation(
                "allowPrivilegeEscalation != false", named(containers) + " must set securityContext.allowPrivilegeEscalation=false"));
  }

  static Optional<Violation> capabilities(PodView pod) {
    TreeSet<String> forbidden = new TreeSet<>();
    List<String> keeping =
        pod.containersWhere(container -> !container.at("securityContext", "capabilities").strings("drop").contains("ALL"));
    List<String> adding =
        pod.containersWhere(
            container -> {
              List<String> more = new ArrayList<>(container.at("securityContext", "capabilities").strings("add"));
              more.removeIf("NET_BIND_SERVICE"::equals);
              forbidden.addAll(more);
              return !more.isEmpty();
            });
    List<String> details = new ArrayList<>();
    if (!keeping.isEmpty()) {
      details.add(named(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
    }
    if (!adding.isEmpty()) {
      details.add(named(adding) + " must not include " + quoted(forbidden) + " in securityContext.capabilities.add");
    }
    return details.isEmpty() ? Optional.empty() : Optional.of(new Violation("unrestricted capabilities", String.join("; ", details)));
  }

  static Optional<Violation> volumes(PodView pod) {
    List<String> names = new ArrayList<>();
    TreeSet<String> types = new TreeSet<>();
    for (Tree volume : pod.spec().trees("volumes")) {
      if (VOLUMES.stream().noneMatch(type -> volume.get(type) != null)) {
        names.add(volume.string("name"));
        types.add(OTHER_VOLUMES.stream().filter(type -> volume.get(type) != null).findFirst().orElse("unknown"));
      }
    }
    if (names.isEmpty()) {
      return Optional.empty();
    }
    String uses =
        plural(" uses ", " use ", names.size()) + plural("restricted volume type ", "restricted volume types ", types.size())
            + quoted(types);
    return Optional.of(new Violation("restricted volume types", plural("volume ", "volumes ", names.size()) + quoted(names) + uses));
  }

  static Optional<Violation> runAsNonRoot(PodView pod) {
    String reason = "runAsNonRoot != true";
    Object ofPod = pod.securityContext().get("runAsNonRoot");
    boolean byPod = Boolean.FALSE.equals(ofPod);
    List<String> explicit = pod.containersWhere(container -> !container.tree("securityContext").bool("runAsNonRoot", true));
    if (byPod || !explicit.isEmpty()) {
      return Optional.of(new Violation(reason, PodView.setters(byPod, explicit) + " must not set securityContext.runAsNonRoot=false"));
    }
    if (Boolean.TRUE.equals(ofPod)) {
      return Optional.empty();
    }
    List<String> implicit = pod.containersWhere(container -> container.tree("securityContext").get("runAsNonRoot") == null);
    return implicit.isEmpty()
        ? Optional.empty()
        : Optional.of(new Violation(reason, "pod or " + named(implicit) + " must set securityContext.runAsNonRoot=true"));
  }

  static Optional<Violation> runAsUser(PodView pod) {
    boolean byPod = isRoot(pod.securityContext());
    List<String> containers = pod.containersWhere(container -> isRoot(container.tree("securityContext")));
    return !byPod && containers.isEmpty()
        ? Optional.empty()
        : Optional.of(new Violation("runAsUser=0", PodView.setters(byPod, containers) + " must not set runAsUser=0"));
  }

  private static boolean isRoot(Tree securityContext) {
    return securityContext.get("runAsUser") != null && securityContext.integer("runAsUser") == 0;
  }
}
