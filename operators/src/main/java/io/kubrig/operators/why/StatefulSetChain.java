package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What keeps a StatefulSet from its pods: one by one, in their order, unless it makes them together. */
final class StatefulSetChain {
  private static final String REVISION = "controller-revision-hash";

  private StatefulSetChain() {}

  static Finding of(StatefulSet set, Facts facts) {
    if (Objects.isTerminating(set)) {
      return DeletionChain.of(set, facts);
    }
    StatefulSetSpec spec = set.getSpec();
    StatefulSetStatus status = set.getStatus() == null ? new StatefulSetStatus() : set.getStatus();
    int wanted = Objects.orElse(spec.getReplicas(), 1);
    int ready = Objects.orElse(status.getReadyReplicas(), 0);
    int available = Objects.orElse(status.getAvailableReplicas(), 0);
    int first = spec.getOrdinals() == null ? 0 : Objects.orElse(spec.getOrdinals().getStart(), 0);
    List<Pod> outdated = outdated(set, status, facts);
    String numbers = ready + " of " + Words.count(wanted, "pod") + " ready";
    if (ready >= wanted && available >= wanted && outdated.isEmpty() && Objects.orElse(status.getReplicas(), 0) == wanted) {
      return Finding.fine(Facts.name(set), numbers);
    }
    List<Finding> causes = new ArrayList<>(pods(set, first, wanted, facts));
    surplus(set, first + wanted, facts).ifPresent(causes::add);
    Finding found = Finding.waiting(Facts.name(set), numbers + (outdated.isEmpty() ? "" : ", " + outdated.size() + " of an old revision"));
    return found.seen("spec.podManagementPolicy is " + (ordered(set) ? "OrderedReady: each pod waits for the one before it" : "Parallel"))
        .seen(outdated.isEmpty() ? List.of() : List.of(update(spec, first))).because(causes);
  }

  private static boolean ordered(StatefulSet set) {
    return !"Parallel".equals(set.getSpec().getPodManagementPolicy());
  }

  /** The first pod that the others wait for; all that are held up where they do not wait for each other. */
  private static List<Finding> pods(StatefulSet set, int first, int wanted, Facts facts) {
    int seconds = Objects.orElse(set.getSpec().getMinReadySeconds(), 0);
    List<Finding> causes = new ArrayList<>();
    for (int ordinal = first; ordinal < first + wanted; ordinal++) {
      Optional<Pod> pod = pod(set, ordinal, facts);
      Finding finding = pod.map(there -> PodChain.of(there, seconds, facts)).orElse(null);
      if (finding == null) {
        Finding missing = ReplicaChain.missing(set, 1, List.of(), facts);
        causes.add(missing.about("pod " + set.getMetadata().getNamespace() + "/" + set.getMetadata().getName() + "-" + ordinal));
      } else if (finding.standing() != Standing.FINE) {
        causes.add(finding);
      }
      int left = first + wanted - ordinal - 1;
      if (ordered(set) && !causes.isEmpty()) {
        Finding holding = causes.removeLast();
        String others = Words.count(left, "pod") + " after it " + (left == 1 ? "waits" : "wait") + " for it";
        causes.add(left == 0 ? holding : holding.seen(others));
        return causes;
      }
    }
    return causes;
  }

  private static Optional<Pod> pod(StatefulSet set, int ordinal, Facts facts) {
    return facts.controlledBy(Pod.class, set).stream()
        .filter(pod -> pod.getMetadata().getName().equals(set.getMetadata().getName() + "-" + ordinal)).findFirst();
  }

  private static Optional<Finding> surplus(StatefulSet set, int end, Facts facts) {
    List<Pod> beyond = facts.controlledBy(Pod.class, set).stream().filter(pod -> ordinal(pod) >= end).toList();
    if (beyond.isEmpty()) {
      return Optional.empty();
    }
    String says = Words.count(beyond.size(), "pod") + " too many, ended from the last on";
    return Optional.of(Finding.waiting("pods of " + Facts.name(set), says)
        .because(PodChain.held(beyond.stream().filter(Objects::isTerminating).toList(), 0, facts)));
  }

  private static int ordinal(Pod pod) {
    String name = pod.getMetadata().getName();
    String digits = name.substring(name.lastIndexOf('-') + 1);
    return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
  }

  /** Pods that are to be replaced by ones of the update revision. */
  private static List<Pod> outdated(StatefulSet set, StatefulSetStatus status, Facts facts) {
    if (status.getUpdateRevision() == null || status.getUpdateRevision().equals(status.getCurrentRevision())) {
      return List.of();
    }
    int partition = partition(set.getSpec());
    return facts.controlledBy(Pod.class, set).stream().filter(Pods::isActive).filter(pod -> ordinal(pod) >= partition)
        .filter(pod -> !status.getUpdateRevision().equals(Objects.labels(pod).get(REVISION))).toList();
  }

  private static int partition(StatefulSetSpec spec) {
    return spec.getUpdateStrategy() == null || spec.getUpdateStrategy().getRollingUpdate() == null ? 0
        : Objects.orElse(spec.getUpdateStrategy().getRollingUpdate().getPartition(), 0);
  }

  private static String update(StatefulSetSpec spec, int first) {
    if (spec.getUpdateStrategy() != null && "OnDelete".equals(spec.getUpdateStrategy().getType())) {
      return "spec.updateStrategy is OnDelete: pods of the old revision stay until someone deletes them";
    }
    int partition = partition(spec);
    return "spec.updateStrategy is RollingUpdate: from the last pod to the first, each waits for the one after it"
        + (partition > first ? "; pods below " + partition + " keep the old revision" : "");
  }
}
