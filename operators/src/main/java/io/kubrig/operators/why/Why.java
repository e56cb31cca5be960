package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Facts in, the chain from an object to what holds it up out. */
public final class Why {
  private Why() {}

  /** The chain that begins at an object, which is one of the facts. */
  public static Finding of(HasMetadata object, Facts facts) {
    return switch (object) {
      case Deployment deployment -> DeploymentChain.of(deployment, facts);
      case ReplicaSet set -> ReplicaChain.of(set, facts);
      case ReplicationController set -> ReplicaChain.of(set, facts);
      case StatefulSet set -> StatefulSetChain.of(set, facts);
      case DaemonSet set -> DaemonSetChain.of(set, facts);
      case Job job -> JobChain.of(job, facts);
      case CronJob cron -> JobChain.of(cron, facts);
      case Pod pod -> PodChain.of(pod, 0, facts);
      case Service service -> ServiceChain.of(service, facts);
      case Endpoints endpoints -> ServiceChain.of(endpoints, facts);
      case PersistentVolumeClaim claim -> ClaimChain.of(claim, facts);
      case HorizontalPodAutoscaler autoscaler -> ScalingChain.of(autoscaler, facts);
      case PodDisruptionBudget budget -> ScalingChain.of(budget, facts);
      default -> any(object, facts);
    };
  }

  /** What metadata, and conditions of the usual shape, tell of an object of any kind. */
  private static Finding any(HasMetadata object, Facts facts) {
    if (Objects.isTerminating(object)) {
      return DeletionChain.of(object, facts);
    }
    String name = Facts.name(object);
    List<Finding> causes = owners(object, facts);
    List<String> failing = failing(object);
    List<String> evidence = new ArrayList<>(failing);
    evidence.addAll(facts.events(object));
    if (!failing.isEmpty()) {
      return Finding.blocked(name, "is not ready").seen(evidence).because(causes);
    }
    return causes.isEmpty() ? Finding.fine(name, "nothing that the API tells holds it up").seen(evidence)
        : Finding.waiting(name, "its owners go").seen(evidence).because(causes);
  }

  /** Owners that are going or gone, with which the garbage collector deletes the object. */
  private static List<Finding> owners(HasMetadata object, Facts facts) {
    List<Finding> causes = new ArrayList<>();
    for (OwnerReference reference : Objects.orEmpty(object.getMetadata().getOwnerReferences())) {
      String named = reference.getKind().toLowerCase(Locale.ROOT) + " " + reference.getName();
      Optional<HasMetadata> owner = facts.find(reference.getKind(), object.getMetadata().getNamespace(), reference.getName());
      if (owner.isEmpty() || !reference.getUid().equals(owner.get().getMetadata().getUid())) {
        causes.add(Finding.waiting(named, "does not exist with this uid: without other owners the garbage collector deletes the object")
            .seen("metadata.ownerReferences: uid " + reference.getUid()));
      } else if (Objects.isTerminating(owner.get())) {
        causes.add(DeletionChain.of(owner.get(), facts));
      }
    }
    return causes;
  }

  private static List<String> failing(HasMetadata object) {
    if (!(object instanceof GenericKubernetesResource generic)
        || !(generic.getAdditionalProperties().get("status") instanceof Map<?, ?> status)
        || !(status.get("conditions") instanceof List<?> conditions)) {
      return List.of();
    }
    return conditions.stream().filter(Map.class::isInstance).map(condition -> (Map<?, ?>) condition)
        .filter(c -> List.of("Ready", "Available").contains(c.get("type")) && !"True".equals(c.get("status")))
        .map(c -> Words.condition(String.valueOf(c.get("type")), String.valueOf(c.get("status")), text(c.get("reason")),
            text(c.get("message")))).toList();
  }

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }
}
