package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What keeps a ReplicaSet or ReplicationController from its number of pods. */
final class ReplicaChain {
  private static final Pattern QUOTA = Pattern.compile("exceeded quota: ([^,\\s]+)");

  private ReplicaChain() {}

  /** What both kinds have. @param failure the condition ReplicaFailure as evidence, if it holds */
  private record Set(HasMetadata object, int wanted, int available, int minReadySeconds, List<String> failure) {}

  static Finding of(ReplicaSet set, Facts facts) {
    var status = set.getStatus();
    return of(new Set(set, Objects.orElse(set.getSpec().getReplicas(), 1), status == null ? 0
        : Objects.orElse(status.getAvailableReplicas(), 0), Objects.orElse(set.getSpec().getMinReadySeconds(), 0),
        status == null ? List.of() : Objects.orEmpty(status.getConditions()).stream()
            .filter(c -> c.getType().equals("ReplicaFailure") && "True".equals(c.getStatus()))
            .map(c -> Words.condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage())).toList()), facts);
  }

  static Finding of(ReplicationController set, Facts facts) {
    var status = set.getStatus();
    return of(new Set(set, Objects.orElse(set.getSpec().getReplicas(), 1), status == null ? 0
        : Objects.orElse(status.getAvailableReplicas(), 0), Objects.orElse(set.getSpec().getMinReadySeconds(), 0),
        status == null ? List.of() : Objects.orEmpty(status.getConditions()).stream()
            .filter(c -> c.getType().equals("ReplicaFailure") && "True".equals(c.getStatus()))
            .map(c -> Words.condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage())).toList()), facts);
  }

  private static Finding of(Set set, Facts facts) {
    String name = Facts.name(set.object);
    if (Objects.isTerminating(set.object)) {
      return DeletionChain.of(set.object, facts);
    }
    List<Pod> pods = facts.controlledBy(Pod.class, set.object);
    List<Pod> active = pods.stream().filter(Pods::isActive).toList();
    String numbers = set.available + " of " + Words.count(set.wanted, "pod") + " available";
    if (set.available >= set.wanted && active.size() == set.wanted) {
      return Finding.fine(name, numbers);
    }
    List<Finding> causes = new ArrayList<>();
    if (active.size() < set.wanted) {
      causes.addAll(missing(set, active.size(), facts));
    }
    causes.addAll(PodChain.held(pods.stream().filter(pod -> !Pods.isFinished(pod)).toList(), set.minReadySeconds, facts));
    String surplus = active.size() > set.wanted ? ", " + Words.count(active.size() - set.wanted, "pod") + " too many" : "";
    return Finding.waiting(name, numbers + surplus)
        .seen("spec.replicas is " + set.wanted + ", status.availableReplicas " + set.available + ", pods " + active.size())
        .because(causes);
  }

  private static List<Finding> missing(Set set, int there, Facts facts) {
    return List.of(missing(set.object, set.wanted - there, set.failure, facts));
  }

  /** Pods that are not there: nobody has made them yet, or the server refuses them. */
  static Finding missing(HasMetadata owner, int count, List<String> failure, Facts facts) {
    String name = "pods of " + Facts.name(owner);
    List<String> refusals = facts.events(owner, "FailedCreate");
    if (refusals.isEmpty() && failure.isEmpty()) {
      return Finding.waiting(name, Words.count(count, "pod") + " still to be made")
          .seen("no refusal is told of in events or conditions: the controller has not come to it");
    }
    List<String> evidence = new ArrayList<>(failure);
    evidence.addAll(refusals);
    return Finding.blocked(name, Words.count(count, "pod") + " cannot be made: the API server refuses")
        .seen(evidence).because(quotas(owner.getMetadata().getNamespace(), evidence, facts));
  }

  /** The quotas that refusals name. */
  private static List<Finding> quotas(String namespace, List<String> refusals, Facts facts) {
    List<String> names = refusals.stream().flatMap(text -> QUOTA.matcher(text).results().map(found -> found.group(1))).distinct().toList();
    return names.stream().map(name -> facts.find(ResourceQuota.class, namespace, name).map(quota -> quota(quota, refusals))
        .orElseGet(() -> Finding.fine("resourcequota " + namespace + "/" + name, "does not exist any more"))).toList();
  }

  /** What is used up of a quota: of the amounts that refusals name. */
  private static Finding quota(ResourceQuota quota, List<String> refusals) {
    if (quota.getStatus() == null) {
      return Finding.waiting(Facts.name(quota), "has not been counted yet");
    }
    var used = Objects.orEmpty(quota.getStatus().getUsed());
    List<String> evidence = Objects.orEmpty(quota.getStatus().getHard()).entrySet().stream()
        .filter(hard -> refusals.stream().anyMatch(text -> text.contains(hard.getKey() + "=")))
        .map(hard -> "status: " + hard.getKey() + " used " + used.get(hard.getKey()) + " of " + hard.getValue()).toList();
    return Finding.blocked(Facts.name(quota), "leaves no room").seen(evidence);
  }
}
