package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kubrig.operators.deployment.Surge;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.hash.Hashes;
import io.kubrig.operators.ownership.Selector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What keeps a Deployment's rollout from its end: its new ReplicaSet, its old ones, their pods. */
final class DeploymentChain {
  private DeploymentChain() {}

  static Finding of(Deployment deployment, Facts facts) {
    if (Objects.isTerminating(deployment)) {
      return DeletionChain.of(deployment, facts);
    }
    String name = Facts.name(deployment);
    DeploymentStatus status = deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
    long observed = status.getObservedGeneration() == null ? 0 : status.getObservedGeneration();
    if (observed < Objects.generation(deployment)) {
      return Finding.waiting(name, "its last change has not been taken up: no deployment controller has looked at it yet")
          .seen("metadata.generation is " + Objects.generation(deployment) + ", status.observedGeneration " + observed)
          .seen(conditions(status));
    }
    int wanted = Objects.orElse(deployment.getSpec().getReplicas(), 1);
    int updated = Objects.orElse(status.getUpdatedReplicas(), 0);
    int available = Objects.orElse(status.getAvailableReplicas(), 0);
    int total = Objects.orElse(status.getReplicas(), 0);
    String numbers = updated + " of " + Words.count(wanted, "pod") + " updated, " + available + " available";
    boolean paused = Boolean.TRUE.equals(deployment.getSpec().getPaused());
    if (updated >= wanted && available >= wanted && total == wanted) {
      return Finding.fine(name, "rolled out: " + numbers).seen(paused ? List.of("spec.paused is true") : List.of());
    }
    Finding found = paused ? Finding.blocked(name, "is paused: " + numbers).seen("spec.paused is true") : Finding.waiting(name, numbers);
    return found.seen(conditions(status)).seen(bounds(deployment, wanted)).seen(budgets(deployment, facts))
        .because(sets(deployment, facts));
  }

  private static List<String> conditions(DeploymentStatus status) {
    return Objects.orEmpty(status.getConditions()).stream().filter(DeploymentChain::tells)
        .map(c -> Words.condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage())).toList();
  }

  private static boolean tells(DeploymentCondition condition) {
    return switch (condition.getType()) {
      case "ReplicaFailure" -> "True".equals(condition.getStatus());
      case "Progressing" -> true;
      default -> "False".equals(condition.getStatus());
    };
  }

  private static List<String> bounds(Deployment deployment, int wanted) {
    Optional<String> deadline = Optional.ofNullable(deployment.getSpec().getProgressDeadlineSeconds())
        .filter(seconds -> seconds < Integer.MAX_VALUE).map(seconds -> "spec.progressDeadlineSeconds is " + seconds);
    List<String> evidence = new ArrayList<>(deadline.stream().toList());
    if (Surge.isRolling(deployment)) {
      Surge bounds = Surge.of(deployment);
      evidence.add("spec.strategy: at most " + (wanted + bounds.surge()) + " pods (maxSurge " + bounds.surge() + "), at least "
          + (wanted - bounds.unavailable()) + " available (maxUnavailable " + bounds.unavailable() + ")");
    } else {
      evidence.add("spec.strategy is Recreate: no new pod before all old ones have ended");
    }
    return evidence;
  }

  /** Budgets that refuse evictions of its pods now: drains and preemption wait for this deployment. */
  private static List<String> budgets(Deployment deployment, Facts facts) {
    var template = deployment.getSpec().getTemplate().getMetadata();
    return facts.inNamespace(PodDisruptionBudget.class, deployment.getMetadata().getNamespace()).stream()
        .filter(budget -> Selector.of(budget.getSpec().getSelector()).matches(template == null ? null : template.getLabels()))
        .filter(budget -> budget.getStatus() != null && Objects.orElse(budget.getStatus().getDisruptionsAllowed(), 0) == 0)
        .map(budget -> Facts.name(budget) + " lets none of its pods be evicted meanwhile (" + budget.getStatus().getCurrentHealthy()
            + " healthy, " + budget.getStatus().getDesiredHealthy() + " needed)").toList();
  }

  private static List<Finding> sets(Deployment deployment, Facts facts) {
    List<ReplicaSet> all = facts.controlledBy(ReplicaSet.class, deployment);
    Optional<ReplicaSet> current = all.stream()
        .sorted(Comparator.<ReplicaSet, Instant>comparing(Objects::created).thenComparing(set -> set.getMetadata().getName()))
        .filter(set -> Hashes.sameTemplate(set.getSpec().getTemplate(), deployment.getSpec().getTemplate())).findFirst();
    List<Finding> causes = new ArrayList<>();
    List<ReplicaSet> old = all.stream().filter(set -> current.isEmpty() || set != current.get())
        .filter(set -> Objects.orElse(set.getSpec().getReplicas(), 1) > 0 || !facts.controlledBy(Pod.class, set).isEmpty()).toList();
    if (current.isEmpty()) {
      causes.add(Finding.waiting("new replicaset of " + Facts.name(deployment), "has not been made")
          .seen(facts.events(deployment, "ReplicaSetCreateError")));
    } else {
      Finding set = ReplicaChain.of(current.get(), facts);
      int replicas = Objects.orElse(current.get().getSpec().getReplicas(), 1);
      int wanted = Objects.orElse(deployment.getSpec().getReplicas(), 1);
      if (set.standing() != Standing.FINE || replicas < wanted) {
        String says = "the new one: " + set.says() + (replicas < wanted ? ", it may have " + replicas + " of " + wanted + " so far" : "");
        causes.add(new Finding(set.object(), set.standing().worse(Standing.WAITING), says, set.evidence(), set.because()));
      }
    }
    old.forEach(set -> causes.add(old(set, facts)));
    return causes;
  }

  private static Finding old(ReplicaSet set, Facts facts) {
    List<Pod> pods = facts.controlledBy(Pod.class, set);
    List<Pod> ending = pods.stream().filter(Objects::isTerminating).toList();
    int replicas = Objects.orElse(set.getSpec().getReplicas(), 1);
    return Finding.waiting(Facts.name(set), "an old one: still " + Words.count(pods.size(), "pod") + ", " + replicas + " of them wanted")
        .seen("spec.replicas is " + replicas).because(PodChain.held(ending, 0, facts));
  }
}
