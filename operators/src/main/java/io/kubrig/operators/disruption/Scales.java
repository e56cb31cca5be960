package io.kubrig.operators.disruption;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Caches;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How many pods the owners of pods want: from the known workload kinds, else from the scale of whatever it is. */
final class Scales {
  private final Api api;
  private final Cached<ReplicationController> controllers;
  private final Cached<Deployment> deployments;
  private final Cached<ReplicaSet> replicaSets;
  private final Cached<StatefulSet> statefulSets;

  Scales(Api api, Caches caches) {
    this.api = api;
    this.controllers = caches.of(ReplicationController.class);
    this.deployments = caches.of(Deployment.class);
    this.replicaSets = caches.of(ReplicaSet.class);
    this.statefulSets = caches.of(StatefulSet.class);
  }

  private record Scale(String uid, int replicas) {}

  /** The sum over all owners; pods without one do not count. @throws IllegalStateException an owner cannot be found */
  int of(List<Pod> pods) {
    Map<String, Integer> known = new HashMap<>();
    Map<String, Boolean> asked = new HashMap<>();
    for (Pod pod : pods) {
      Optional<OwnerReference> owner = Objects.controllerOf(pod);
      if (owner.isPresent() && asked.putIfAbsent(owner.get().getUid(), true) == null) {
        Scale scale = find(pod.getMetadata().getNamespace(), owner.get())
            .orElseThrow(() -> new IllegalStateException("found no controllers for pod \"" + pod.getMetadata().getName() + "\""));
        known.put(scale.uid(), scale.replicas());
      }
    }
    return known.values().stream().mapToInt(Integer::intValue).sum();
  }

  private Optional<Scale> find(String namespace, OwnerReference owner) {
    String kind = owner.getApiVersion().replaceFirst("/.*", "/") + owner.getKind();
    return switch (kind) {
      case "v1ReplicationController" -> same(controllers.get(namespace, owner.getName()), owner)
          .map(c -> scale(c, c.getSpec().getReplicas()));
      case "apps/ReplicaSet" -> same(replicaSets.get(namespace, owner.getName()), owner).flatMap(set -> ofReplicaSet(namespace, set));
      case "apps/StatefulSet" -> same(statefulSets.get(namespace, owner.getName()), owner).map(s -> scale(s, s.getSpec().getReplicas()));
      default -> ofSubresource(namespace, owner);
    };
  }

  private Optional<Scale> ofReplicaSet(String namespace, ReplicaSet set) {
    Optional<OwnerReference> above = Objects.controllerOf(set).filter(owner -> owner.getKind().equals("Deployment"));
    if (above.isEmpty()) {
      return Optional.of(scale(set, set.getSpec().getReplicas()));
    }
    return same(deployments.get(namespace, above.get().getName()), above.get()).map(d -> scale(d, d.getSpec().getReplicas()));
  }

  private static Scale scale(HasMetadata owner, Integer replicas) {
    return new Scale(owner.getMetadata().getUid(), Objects.orElse(replicas, 1));
  }

  private static <T extends HasMetadata> Optional<T> same(Optional<T> found, OwnerReference owner) {
    return found.filter(object -> object.getMetadata().getUid().equals(owner.getUid()));
  }

  private Optional<Scale> ofSubresource(String namespace, OwnerReference owner) {
    try {
      var resource = api.client().genericKubernetesResources(owner.getApiVersion(), owner.getKind()).inNamespace(namespace)
          .withName(owner.getName());
      GenericKubernetesResource found = resource.get();
      if (found == null || !found.getMetadata().getUid().equals(owner.getUid())) {
        return Optional.empty();
      }
      var scale = resource.scale();
      return scale == null ? Optional.empty() : Optional.of(new Scale(owner.getUid(), Objects.orElse(scale.getSpec().getReplicas(), 0)));
    } catch (KubernetesClientException e) {
      if (ApiErrors.isNotFound(e)) {
        throw new IllegalStateException(resource(owner) + " does not implement the scale subresource");
      }
      throw e;
    }
  }

  /** The owner's resource, as {@code daemonsets.apps}. */
  private String resource(OwnerReference owner) {
    return Discovery.of(new MetadataClient(api.client())).kind(owner.getApiVersion(), owner.getKind())
        .map(type -> type.group().isEmpty() ? type.plural() : type.groupResource()).orElse(owner.getKind());
  }
}
