package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerCondition;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.ownership.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What keeps a HorizontalPodAutoscaler from scaling, and why a PodDisruptionBudget refuses evictions. */
final class ScalingChain {
  private ScalingChain() {}

  static Finding of(HorizontalPodAutoscaler autoscaler, Facts facts) {
    if (Objects.isTerminating(autoscaler)) {
      return DeletionChain.of(autoscaler, facts);
    }
    String name = Facts.name(autoscaler);
    var status = autoscaler.getStatus();
    List<HorizontalPodAutoscalerCondition> conditions = status == null ? List.of() : Objects.orEmpty(status.getConditions());
    if (conditions.isEmpty()) {
      return Finding.waiting(name, "no autoscaling controller has looked at it yet").seen("status.conditions is empty");
    }
    List<HorizontalPodAutoscalerCondition> failing = conditions.stream()
        .filter(c -> !c.getType().equals("ScalingLimited") && !"True".equals(c.getStatus())).toList();
    List<String> evidence = new ArrayList<>(conditions.stream()
        .filter(c -> !c.getType().equals("ScalingLimited") || "True".equals(c.getStatus()))
        .map(c -> Words.condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage())).toList());
    String numbers = status.getCurrentReplicas() + " pods, wants " + status.getDesiredReplicas();
    if (failing.isEmpty()) {
      return Finding.fine(name, numbers).seen(evidence);
    }
    evidence.addAll(facts.events(autoscaler));
    CrossVersionObjectReference target = autoscaler.getSpec().getScaleTargetRef();
    Optional<HasMetadata> found = facts.find(target.getKind(), autoscaler.getMetadata().getNamespace(), target.getName());
    List<Finding> causes = new ArrayList<>();
    if (failing.stream().anyMatch(c -> "FailedGetScale".equals(c.getReason())) && found.isEmpty()) {
      causes.add(Finding.blocked(target.getKind().toLowerCase(Locale.ROOT) + " " + autoscaler.getMetadata().getNamespace() + "/"
          + target.getName(), "does not exist").seen("spec.scaleTargetRef names it"));
    }
    boolean disabled = failing.stream().anyMatch(c -> "ScalingDisabled".equals(c.getReason()));
    return Finding.blocked(name, disabled ? "does nothing while its target is scaled to zero" : failing.getFirst().getMessage())
        .seen(evidence).because(causes);
  }

  static Finding of(PodDisruptionBudget budget, Facts facts) {
    if (Objects.isTerminating(budget)) {
      return DeletionChain.of(budget, facts);
    }
    String name = Facts.name(budget);
    var status = budget.getStatus();
    if (status == null || status.getObservedGeneration() == null || status.getObservedGeneration() < Objects.generation(budget)) {
      return Finding.waiting(name, "its last change has not been taken up: it refuses every eviction until then")
          .seen("status.observedGeneration is " + (status == null ? null : status.getObservedGeneration()));
    }
    String numbers = status.getCurrentHealthy() + " of " + Words.count(Objects.orElse(status.getExpectedPods(), 0), "pod")
        + " healthy, " + status.getDesiredHealthy() + " needed";
    int allowed = Objects.orElse(status.getDisruptionsAllowed(), 0);
    if (allowed > 0) {
      return Finding.fine(name, "lets " + Words.count(allowed, "pod") + " be evicted: " + numbers);
    }
    Selector selector = Selector.of(budget.getSpec().getSelector());
    List<Pod> pods = facts.inNamespace(Pod.class, budget.getMetadata().getNamespace()).stream()
        .filter(pod -> selector.matches(pod.getMetadata().getLabels())).toList();
    List<Finding> held = PodChain.held(pods, 0, facts);
    Finding found = held.isEmpty() ? Finding.blocked(name, "lets no pod be evicted: " + numbers)
        : Finding.waiting(name, "lets no pod be evicted: " + numbers);
    return found.seen(Objects.orEmpty(status.getConditions()).stream().filter(c -> !"True".equals(c.getStatus()))
        .map(c -> Words.condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage())).toList()).because(held);
  }
}
