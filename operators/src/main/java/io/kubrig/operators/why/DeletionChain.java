package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What keeps an object that is being deleted: its finalizers, its dependents, the end of its containers; of a namespace its content. */
final class DeletionChain {
  private static final int TOLD = 10;

  private DeletionChain() {}

  static Finding of(HasMetadata object, Facts facts) {
    return object instanceof Namespace namespace ? namespace(namespace, facts) : object(object, facts);
  }

  private static Finding object(HasMetadata object, Facts facts) {
    String name = Facts.name(object);
    List<String> finalizers = Objects.orEmpty(object.getMetadata().getFinalizers());
    String asked = "metadata.deletionTimestamp is " + object.getMetadata().getDeletionTimestamp();
    if (finalizers.isEmpty()) {
      return object instanceof Pod pod ? ending(pod, facts).seen(asked) : Finding.waiting(name, "is being deleted").seen(asked);
    }
    List<Finding> causes = finalizers.stream().map(finalizer -> finalizer(object, finalizer, facts)).toList();
    return Finding.waiting(name, "is being deleted and kept by " + String.join(", ", finalizers)).seen(asked).because(causes);
  }

  /** A pod has time to end; the kubelet of its node says when it has. */
  private static Finding ending(Pod pod, Facts facts) {
    String name = Facts.name(pod);
    String node = pod.getSpec().getNodeName();
    Duration left = Objects.time(pod.getMetadata().getDeletionTimestamp()).map(end -> Duration.between(facts.now(), end))
        .orElse(Duration.ZERO);
    if (node == null || node.isEmpty()) {
      return Finding.waiting(name, "is being deleted");
    }
    Optional<Node> there = facts.find(Node.class, null, node);
    if (there.isEmpty() && !facts.all(Node.class).isEmpty()) {
      return Finding.waiting(name, "ends, and its node is gone: the pod garbage collector removes it").seen("spec.nodeName is " + node);
    }
    if (left.isPositive()) {
      return Finding.waiting(name, "ends; its containers have " + Words.time(left) + " left")
          .seen("metadata.deletionGracePeriodSeconds is " + pod.getMetadata().getDeletionGracePeriodSeconds());
    }
    Optional<String> notReady = there.flatMap(DeletionChain::notReady);
    return notReady.map(condition -> Finding.blocked(name, "should have ended; the kubelet of node " + node + " does not answer")
        .seen(condition)).orElseGet(() -> Finding.waiting(name, "should have ended " + Words.time(left.negated())
            + " ago; the kubelet of node " + node + " has not said so")).seen(facts.events(pod, "FailedKillPod", "Killing"));
  }

  private static Optional<String> notReady(Node node) {
    return Objects.orEmpty(node.getStatus() == null ? null : node.getStatus().getConditions()).stream()
        .filter(c -> c.getType().equals("Ready") && !"True".equals(c.getStatus()))
        .map(c -> Words.condition("Ready of node " + node.getMetadata().getName(), c.getStatus(), c.getReason(), c.getMessage()))
        .findFirst();
  }

  private static Finding finalizer(HasMetadata object, String finalizer, Facts facts) {
    String name = "finalizer " + finalizer;
    return switch (finalizer) {
      case "foregroundDeletion" -> foreground(object, name, facts);
      case "orphan" -> Finding.waiting(name, "the garbage collector takes the object out of the owners of its dependents first")
          .because(dependents(facts.dependents(object), facts));
      case "kubernetes.io/pvc-protection" -> claim(object, name, facts);
      case "kubernetes.io/pv-protection" -> Finding.waiting(name, "the volume is kept while it is bound to a claim");
      case "batch.kubernetes.io/job-tracking" -> Finding.waiting(name, "the job controller has to count the pod first");
      case "service.kubernetes.io/load-balancer-cleanup" -> Finding.waiting(name, "the service controller has to give its address back");
      default -> Finding.blocked(name, "whoever put it there has to take it away; no controller of Kubernetes does")
          .seen("metadata.finalizers of " + Facts.name(object));
    };
  }

  private static Finding foreground(HasMetadata object, String name, Facts facts) {
    List<HasMetadata> blocking = facts.dependents(object).stream().filter(dependent -> Facts.reference(dependent, object)
        .map(OwnerReference::getBlockOwnerDeletion).filter(Boolean::booleanValue).isPresent()).toList();
    return blocking.isEmpty() ? Finding.waiting(name, "no dependent that it waits for is left: the garbage collector has to see that")
        : Finding.waiting(name, "waits for " + Words.count(blocking.size(), "dependent") + " to go")
            .seen("metadata.ownerReferences with blockOwnerDeletion").because(dependents(blocking, facts));
  }

  private static List<Finding> dependents(List<HasMetadata> dependents, Facts facts) {
    List<Finding> told = new ArrayList<>();
    dependents.stream().sorted(Comparator.comparing(Facts::name)).limit(TOLD).forEach(dependent -> told.add(
        Objects.isTerminating(dependent) ? of(dependent, facts)
            : Finding.waiting(Facts.name(dependent), "is not being deleted yet").seen("no metadata.deletionTimestamp")));
    if (dependents.size() > TOLD) {
      told.add(Finding.waiting("others", "and " + (dependents.size() - TOLD) + " more"));
    }
    return told;
  }

  private static Finding claim(HasMetadata object, String name, Facts facts) {
    List<Pod> users = object instanceof PersistentVolumeClaim claim ? ClaimChain.users(claim, facts) : List.of();
    return users.isEmpty() ? Finding.waiting(name, "no pod uses the claim any more: its controller has to see that")
        : Finding.blocked(name, "pods use the claim").seen(users.stream().limit(TOLD).map(Facts::name).toList());
  }

  private static Finding namespace(Namespace namespace, Facts facts) {
    String name = Facts.name(namespace);
    List<NamespaceCondition> conditions = namespace.getStatus() == null ? List.of()
        : Objects.orEmpty(namespace.getStatus().getConditions());
    List<String> evidence = new ArrayList<>(List.of("metadata.deletionTimestamp is " + namespace.getMetadata().getDeletionTimestamp()));
    conditions.stream().filter(c -> "True".equals(c.getStatus()))
        .map(c -> Words.condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage())).forEach(evidence::add);
    List<Finding> causes = new ArrayList<>(content(namespace, facts));
    List<String> own = namespace.getSpec() == null ? List.of() : Objects.orEmpty(namespace.getSpec().getFinalizers());
    own.stream().filter(finalizer -> !finalizer.equals("kubernetes")).map(finalizer -> finalizer(namespace, finalizer, facts))
        .forEach(causes::add);
    Objects.orEmpty(namespace.getMetadata().getFinalizers()).stream().map(finalizer -> finalizer(namespace, finalizer, facts))
        .forEach(causes::add);
    boolean undiscovered = conditions.stream().anyMatch(c -> "True".equals(c.getStatus())
        && (c.getType().equals("NamespaceDeletionDiscoveryFailure") || c.getType().equals("NamespaceDeletionGroupVersionParsingFailure")));
    String says = "is being deleted" + (causes.isEmpty() ? "" : "; what is left keeps it");
    return (undiscovered ? Finding.blocked(name, "is being deleted, but its content cannot be found out") : Finding.waiting(name, says))
        .seen(evidence).because(causes);
  }

  /** What is still in a namespace, by kind: each kind once, with its objects that finalizers keep. */
  private static List<Finding> content(Namespace namespace, Facts facts) {
    Map<String, List<HasMetadata>> kinds = new LinkedHashMap<>();
    Map<String, HasMetadata> seen = new LinkedHashMap<>();
    facts.objects().stream().filter(object -> namespace.getMetadata().getName().equals(object.getMetadata().getNamespace()))
        .forEach(object -> seen.putIfAbsent(object.getKind() + " " + object.getMetadata().getUid(), object));
    seen.values().stream().sorted(Comparator.comparing(Facts::name)).filter(object -> !object.getKind().equals("Event"))
        .forEach(object -> kinds.computeIfAbsent(object.getKind(), kind -> new ArrayList<>()).add(object));
    List<Finding> content = new ArrayList<>();
    kinds.forEach((kind, objects) -> {
      List<HasMetadata> kept = objects.stream().filter(object -> Objects.isTerminating(object)
          && (object instanceof Pod || !Objects.orEmpty(object.getMetadata().getFinalizers()).isEmpty())).toList();
      content.add(Finding.waiting(kind, Words.count(objects.size(), "object") + " left").because(dependents(kept, facts)));
    });
    return content.stream().sorted(Comparator.comparing(Finding::standing).reversed()).toList();
  }
}
