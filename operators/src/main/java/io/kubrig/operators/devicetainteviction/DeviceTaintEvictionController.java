package io.kubrig.operators.devicetainteviction;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimConsumerReference;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Deletes pods that use tainted devices. Keys are claims. */
public final class DeviceTaintEvictionController implements Controller {
  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<ResourceClaim> claims;
  private final Cached<ResourceSlice> slices;
  private final Cached<Pod> pods;
  private final Set<Key> waiting = ConcurrentHashMap.newKeySet(); // claims whose pods were to go

  /** A controller in a manager. */
  public DeviceTaintEvictionController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("device-taint-eviction-controller");
    this.claims = context.caches().of(ResourceClaim.class);
    this.slices = context.caches().of(ResourceSlice.class);
    this.pods = context.caches().of(Pod.class);
  }

  @Override
  public void watch(Queue queue) {
    claims.onChange(claim -> queue.add(Key.of(claim)));
    slices.onChange(slice -> claims.list().stream().filter(claim -> uses(claim, slice)).forEach(claim -> queue.add(Key.of(claim))));
  }

  private static boolean uses(ResourceClaim claim, ResourceSlice slice) {
    return claim.getStatus() != null && claim.getStatus().getAllocation() != null && claim.getStatus().getAllocation().getDevices() != null
        && Objects.orEmpty(claim.getStatus().getAllocation().getDevices().getResults()).stream()
            .anyMatch(result -> result.getDriver().equals(slice.getSpec().getDriver()));
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<ResourceClaim> claim = claims.get(key);
    Instant now = clock.now();
    Optional<Instant> end = claim.flatMap(c -> DeviceTaints.eviction(c, slices.list(), now));
    if (end.isEmpty()) {
      if (waiting.remove(key)) {
        claim.ifPresent(c -> users(c).forEach(pod -> events.normal(pod, "DeviceTaintManagerEviction", "Cancelling deletion")));
      }
      return Outcome.DONE;
    }
    if (end.get().isAfter(now)) {
      waiting.add(key);
      return Outcome.after(Duration.between(now, end.get()));
    }
    waiting.remove(key);
    users(claim.get()).forEach(this::evict);
    return Outcome.DONE;
  }

  private List<Pod> users(ResourceClaim claim) {
    return Objects.orEmpty(claim.getStatus().getReservedFor()).stream().filter(consumer -> "pods".equals(consumer.getResource()))
        .flatMap(consumer -> user(claim, consumer).stream()).toList();
  }

  private Optional<Pod> user(ResourceClaim claim, ResourceClaimConsumerReference consumer) {
    return pods.get(claim.getMetadata().getNamespace(), consumer.getName())
        .filter(pod -> consumer.getUid().equals(pod.getMetadata().getUid()))
        .filter(pod -> Pods.isAssigned(pod) && !Objects.isTerminating(pod) && !Pods.isFinished(pod));
  }

  private void evict(Pod pod) {
    events.normal(pod, "DeviceTaintManagerEviction", "Marking for deletion");
    Map<String, String> condition = Map.of("type", "DisruptionTarget", "status", "True", "reason", "DeletionByDeviceTaintManager",
        "message", "Device Taint manager: deleting due to NoExecute taint", "lastTransitionTime", Objects.time(clock.now()));
    try {
      api.patch(pod, "status", PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("uid", pod.getMetadata().getUid()),
          "status", Map.of("conditions", List.of(condition))));
      api.delete(pod, Api.Deletion.ofUid(pod.getMetadata().getUid()));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
