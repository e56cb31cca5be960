package io.kubrig.operators.namespace;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.ResourceType;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Deletes everything in a namespace. Pods go first (KEP-5080): while any is left, or may be, nothing else is touched. */
final class ContentDeletion {
  private static final String PODS = "pods.";
  private static final int UNKNOWN = -1;

  private final Api api;
  private final MetadataClient metadata;

  ContentDeletion(Api api, MetadataClient metadata) {
    this.api = api;
    this.metadata = metadata;
  }

  /** Tries to empty a namespace. @param since how long it has been going away */
  Emptying empty(String namespace, Duration since) {
    Emptying emptying = new Emptying();
    List<ResourceType> types;
    try {
      Discovery discovery = Discovery.of(metadata);
      emptying.undiscovered(discovery.failures());
      types = discovery.preferred().stream().filter(type -> type.namespaced() && type.serves("delete")).toList();
    } catch (KubernetesClientException e) {
      emptying.undiscovered(Map.of("", ApiErrors.message(e)));
      return emptying;
    }
    types.stream().filter(type -> type.groupResource().equals(PODS)).forEach(pods -> {
      if (delete(pods, namespace, since, emptying) != 0) {
        emptying.podsRemain();
      }
    });
    if (!emptying.waitsForPods()) {
      types.stream().filter(type -> !type.groupResource().equals(PODS)).forEach(type -> delete(type, namespace, since, emptying));
    }
    return emptying;
  }

  /** How many are left; {@link #UNKNOWN} when that could not be found out. */
  private int delete(ResourceType type, String namespace, Duration since, Emptying emptying) {
    try {
      if (type.serves("list") && metadata.isEmpty(type, namespace)) {
        return 0;
      }
      Duration estimate = estimate(type, namespace, since);
      deleteItems(type, namespace);
      return account(type, namespace, estimate, emptying);
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404 || e.getCode() == 405) {
        return 0;
      }
      emptying.failed(ApiErrors.message(e));
      return UNKNOWN;
    }
  }

  private void deleteItems(ResourceType type, String namespace) {
    if (type.serves("deletecollection")) {
      metadata.deleteCollection(type, namespace);
      return;
    }
    List<ObjectMeta> items = type.serves("list") ? metadata.list(type, namespace).items() : List.of();
    for (ObjectMeta item : items) {
      try {
        metadata.delete(type, namespace, item.getName(), new Api.Deletion(null, null, null, "Background"));
      } catch (KubernetesClientException e) {
        if (e.getCode() != 404 && e.getCode() != 405) {
          throw e;
        }
      }
    }
  }

  private int account(ResourceType type, String namespace, Duration estimate, Emptying emptying) {
    if (!type.serves("list")) {
      return 0;
    }
    List<ObjectMeta> left = metadata.list(type, namespace).items();
    emptying.left(type.groupResource(), left, estimate, "unexpected items still remain in namespace: " + namespace + " for gvr: " + type);
    return left.size();
  }

  /** How long the pods may still take to end; nothing once they have had that time. */
  private Duration estimate(ResourceType type, String namespace, Duration since) {
    if (!type.groupResource().equals(PODS)) {
      return Duration.ZERO;
    }
    long seconds = api.client().pods().inNamespace(namespace).list().getItems().stream().filter(pod -> !Pods.isFinished(pod))
        .mapToLong(ContentDeletion::grace).max().orElse(0);
    Duration grace = Duration.ofSeconds(seconds);
    return since.compareTo(grace) >= 0 ? Duration.ZERO : grace;
  }

  private static long grace(Pod pod) {
    Long seconds = pod.getSpec() == null ? null : pod.getSpec().getTerminationGracePeriodSeconds();
    return seconds == null ? 0 : seconds;
  }
}
