package io.kubrig.apiserver.admission.podsecurity;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is said about the pods that are there when a namespace gets stricter. Bounded in pods and in time. */
final class ExistingPods {
  private static final int MOST = 3000;
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final Cluster cluster;
  private final Set<String> exemptRuntimeClasses;

  ExistingPods(Cluster cluster, Set<String> exemptRuntimeClasses) {
    this.cluster = cluster;
    this.exemptRuntimeClasses = exemptRuntimeClasses;
  }

  List<String> warnings(String namespace, Policy.Standard standard) {
    List<Tree> pods = oneOfEachControllerFirst(cluster.list("", "pods", namespace));
    Instant deadline = cluster.clock().now().plus(LONGEST);
    Map<String, List<String>> violating = new LinkedHashMap<>();
    int checked = 0;
    for (Tree pod : pods.subList(0, Math.min(pods.size(), MOST))) {
      List<Violation> violations = Standards.violations(standard, new PodView(pod.tree("metadata"), pod.tree("spec")));
      if (!violations.isEmpty()) {
        violating.computeIfAbsent(Violation.reasons(violations), key -> new ArrayList<>()).add(pod.tree("metadata").string("name"));
      }
      checked++;
      if (cluster.clock().now().isAfter(deadline)) {
        break;
      }
    }
    List<String> warnings = new ArrayList<>();
    if (checked < pods.size()) {
      warnings.add("new PodSecurity enforce level only checked against the first " + checked + " of " + pods.size() + " existing pods");
    }
    if (!violating.isEmpty()) {
      warnings.add("existing pods in namespace \"" + namespace + "\" violate the new PodSecurity enforce level \"" + standard + "\"");
    }
    violating.entrySet().stream().map(entry -> line(entry.getKey(), entry.getValue())).sorted().forEach(warnings::add);
    return warnings;
  }

  private static String line(String reasons, List<String> pods) {
    String first = Collections.min(pods);
    int others = pods.size() - 1;
    String more =
        switch (others) {
          case 0 -> "";
          case 1 -> " (and 1 other pod)";
          default -> " (and " + others + " other pods)";
        };
    return first + more + ": " + reasons;
  }

  /** Pods of one controller are alike: further ones come last. */
  private List<Tree> oneOfEachControllerFirst(List<Tree> pods) {
    List<Tree> first = new ArrayList<>();
    List<Tree> further = new ArrayList<>();
    Set<String> controllers = new HashSet<>();
    for (Tree pod : pods) {
      if (exemptRuntimeClasses.contains(pod.tree("spec").string("runtimeClassName"))) {
        continue;
      }
      boolean alike =
          pod.tree("metadata").trees("ownerReferences").stream()
              .filter(owner -> owner.bool("controller"))
              .findFirst()
              .filter(owner -> !controllers.add(owner.string("uid")))
              .isPresent();
      (alike ? further : first).add(pod);
    }
    first.addAll(further);
    return first;
  }
}
