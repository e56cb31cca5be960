package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.util.ArrayList;
import java.util.List;

/** What keeps a DaemonSet from a pod on each of its nodes. */
final class DaemonSetChain {
  private DaemonSetChain() {}

  static Finding of(DaemonSet set, Facts facts) {
    if (Objects.isTerminating(set)) {
      return DeletionChain.of(set, facts);
    }
    DaemonSetStatus status = set.getStatus() == null ? new DaemonSetStatus() : set.getStatus();
    String name = Facts.name(set);
    long observed = status.getObservedGeneration() == null ? 0 : status.getObservedGeneration();
    if (observed < Objects.generation(set)) {
      return Finding.waiting(name, "its last change has not been taken up: no daemonset controller has looked at it yet")
          .seen("metadata.generation is " + Objects.generation(set) + ", status.observedGeneration " + observed);
    }
    int wanted = Objects.orElse(status.getDesiredNumberScheduled(), 0);
    int available = Objects.orElse(status.getNumberAvailable(), 0);
    int updated = Objects.orElse(status.getUpdatedNumberScheduled(), 0);
    int astray = Objects.orElse(status.getNumberMisscheduled(), 0);
    String numbers = available + " of " + Words.count(wanted, "node") + " served, " + updated + " updated";
    if (available >= wanted && updated >= wanted && astray == 0) {
      return Finding.fine(name, wanted == 0 ? "no node matches its selector, affinity and tolerations" : numbers);
    }
    List<Pod> pods = facts.controlledBy(Pod.class, set);
    List<Finding> causes = new ArrayList<>();
    int there = (int) pods.stream().filter(Pods::isActive).count();
    if (there < wanted) {
      causes.add(ReplicaChain.missing(set, wanted - there, List.of(), facts));
    }
    causes.addAll(PodChain.held(pods, Objects.orElse(set.getSpec().getMinReadySeconds(), 0), facts));
    return Finding.waiting(name, numbers).seen(evidence(set, updated < wanted, astray)).because(causes);
  }

  private static List<String> evidence(DaemonSet set, boolean outdated, int astray) {
    List<String> evidence = new ArrayList<>();
    var strategy = set.getSpec().getUpdateStrategy();
    if (outdated && strategy != null && "OnDelete".equals(strategy.getType())) {
      evidence.add("spec.updateStrategy is OnDelete: old pods stay until someone deletes them");
    } else if (outdated && strategy != null && strategy.getRollingUpdate() != null) {
      var unavailable = strategy.getRollingUpdate().getMaxUnavailable();
      var surge = strategy.getRollingUpdate().getMaxSurge();
      evidence.add("spec.updateStrategy: maxUnavailable " + (unavailable == null ? "unset" : unavailable.getValue()) + ", maxSurge "
          + (surge == null ? "unset" : surge.getValue()));
    }
    if (astray > 0) {
      evidence.add("status.numberMisscheduled: " + Words.count(astray, "node") + " has a pod and should have none");
    }
    return evidence;
  }
}
