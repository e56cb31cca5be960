package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimConsumerReference;
import io.kubrig.scheduler.api.ClusterApi.PodRef;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.events.EventRecorder.Note;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Writes into claims what was decided, before the pod is bound, and waits for devices that must be prepared. Runs on the pod's binding
 * thread.
 */
final class ClaimBinding {
  static final String FINALIZER = "resource.kubernetes.io/delete-protection";
  private static final int ATTEMPTS = 5;
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(10);
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(120);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final Duration POLL = Duration.ofSeconds(1);

  private final PluginContext context;
  private final DeviceBooks books;
  private final Duration timeout;

  ClaimBinding(PluginContext context, DeviceBooks books, Duration timeout) {
    this.context = context;
    this.books = books;
    this.timeout = timeout;
  }

  /** A claim with its devices, as it will be. */
  static ResourceClaim allocated(ResourceClaim claim, AllocationResult result) {
    return withFinalizer(new ResourceClaimBuilder(claim).editOrNewStatus().withAllocation(result).endStatus().build());
  }

  private static ResourceClaim withFinalizer(ResourceClaim claim) {
    return claim.getMetadata().getFinalizers().contains(FINALIZER) ? claim
        : new ResourceClaimBuilder(claim).editMetadata().addToFinalizers(FINALIZER).endMetadata().build();
  }

  Status bind(PodDevices devices, Pod pod, String node) throws InterruptedException {
    try {
      for (int i = 0; i < devices.size(); i++) {
        if (!Claims.isReservedFor(devices.claim(i), pod)) {
          bind(devices, i, pod, node);
        }
      }
    } catch (ClusterApiException | IllegalStateException e) {
      return Status.error(e.getMessage());
    }
    return devices.claims().stream().anyMatch(Readiness::isAsked) ? awaitReady(devices, pod, node) : Status.SUCCESS;
  }

  private void bind(PodDevices devices, int index, Pod pod, String node) throws InterruptedException {
    AllocationResult allocation = devices.allocation(index);
    boolean extended = devices.isExtended(index);
    if (extended && allocation == null) {
      return; // the node's device plugin serves it
    }
    String uid = extended ? devices.extendedUid() : devices.claim(index).getMetadata().getUid();
    try {
      if (extended) {
        devices.replace(index, create(devices.claim(index), devices.offers().get(node).extended()));
      }
      ResourceClaim written = write(devices.claim(index), allocation, pod);
      devices.replace(index, written);
      assume(written, extended);
    } finally {
      if (allocation != null) {
        onLoop(() -> books.end(uid));
      }
    }
    if (extended) {
      context.api().setExtendedClaim(PodRef.of(pod),
          new PodExtendedResourceClaimStatus(devices.offers().get(node).extended().mappings(),
              devices.claim(index).getMetadata().getName()));
    }
  }

  private ResourceClaim create(ResourceClaim unwritten, ExtendedClaim extended) {
    boolean created = false;
    try {
      ResourceClaim claim = attempt("create claim for extended resources " + unwritten.getMetadata().getNamespace() + "/", () ->
          context.api().create(new ResourceClaimBuilder(unwritten).editMetadata().withName(null).withUid(null).endMetadata()
              .editSpec().editDevices().withRequests(extended.requests()).endDevices().endSpec().build()));
      created = true;
      return claim;
    } finally {
      context.metrics().claimCreated(created);
    }
  }

  /** Writes allocation and reservation; when somebody else has changed the claim, what is new is read and it is tried again. */
  private ResourceClaim write(ResourceClaim known, AllocationResult allocation, Pod pod) throws InterruptedException {
    ResourceClaim claim = known;
    for (int attempt = 1;; attempt++) {
      try {
        return writeOnce(claim, allocation, pod);
      } catch (ClusterApiException e) {
        if (!e.isConflict() || attempt == ATTEMPTS) {
          throw e;
        }
      }
      context.clock().sleep(BETWEEN_ATTEMPTS);
      String key = Claims.key(known);
      claim = attempt("get updated claim " + key + " after conflict",
          () -> context.api().read(ResourceClaim.class, known.getMetadata().getNamespace(), known.getMetadata().getName()));
      if (claim == null) {
        throw new IllegalStateException("get updated claim " + key + " after conflict: resourceclaims.resource.k8s.io \""
            + known.getMetadata().getName() + "\" not found");
      }
    }
  }

  private ResourceClaim writeOnce(ResourceClaim claim, AllocationResult allocation, Pod pod) {
    String key = Claims.key(claim);
    if (claim.getMetadata().getDeletionTimestamp() != null) {
      throw new IllegalStateException("claim " + key + " got deleted in the meantime");
    }
    ResourceClaim latest = claim;
    if (allocation != null) {
      if (Claims.isAllocated(claim)) {
        throw new IllegalStateException("claim " + key + " got allocated elsewhere in the meantime");
      }
      if (!claim.getMetadata().getFinalizers().contains(FINALIZER)) {
        latest = attempt("add finalizer to claim " + key, () -> context.api().replace(withFinalizer(claim)));
      }
    }
    var status = new ResourceClaimBuilder(latest).editOrNewStatus();
    AllocationResult result = allocation != null ? allocation : latest.getStatus().getAllocation();
    if (result.getAllocationTimestamp() == null) {
      result.setAllocationTimestamp(context.clock().now().truncatedTo(ChronoUnit.SECONDS).toString());
    }
    ResourceClaim wanted = status.withAllocation(result)
        .addToReservedFor(new ResourceClaimConsumerReference(null, pod.name(), "pods", pod.uid()))
        .endStatus().build();
    return attempt((allocation != null ? "add allocation and reservation to claim " : "add reservation to claim ") + key,
        () -> context.api().replaceStatus(wanted));
  }

  private static <T> T attempt(String what, Supplier<T> request) {
    try {
      return request.get();
    } catch (ClusterApiException e) {
      throw new ClusterApiException(e.code(), what + ": " + e.getMessage());
    }
  }

  /** Lets what was written count at once. A claim that was just created must have been seen first. */
  private void assume(ResourceClaim written, boolean created) throws InterruptedException {
    Instant end = context.clock().now().plus(SEEN_WITHIN);
    while (!onLoop(() -> context.state().objects().resourceClaims().assumeWritten(written)) && created
        && context.clock().now().isBefore(end)) {
      context.clock().sleep(LOOK_AGAIN);
    }
  }

  private Status awaitReady(PodDevices devices, Pod pod, String node) throws InterruptedException {
    context.events().record(pod, null,
        Note.normal("BindingConditionsPending", "Scheduling", "waiting for binding conditions for device on node " + node),
            pod.schedulerName());
    Instant end = context.clock().now().plus(timeout);
    while (true) {
      Status s = onLoop(() -> progress(devices));
      if (!s.isWait()) {
        return s;
      }
      if (!context.clock().now().isBefore(end)) {
        return Status.error("device binding timeout");
      }
      context.clock().sleep(POLL);
    }
  }

  /** {@link Status#WAIT} while devices are being prepared. */
  private Status progress(PodDevices devices) {
    for (int i = 0; i < devices.size(); i++) {
      var meta = devices.claim(i).getMetadata();
      var now = context.state().objects().resourceClaims().find(meta.getNamespace(), meta.getName());
      if (now.isEmpty()) {
        return Status.error("could not find ResourceClaim \"" + meta.getNamespace() + "/" + meta.getName() + "\"");
      }
      devices.replace(i, now.get());
      switch (Readiness.of(now.get())) {
        case Readiness.Ready r -> { }
        case Readiness.Failed f -> {
          return Status.error(f.message());
        }
        case Readiness.Waiting w -> {
          return Readiness.isOverdue(now.get(), timeout, context.clock().now())
              ? Status.error("claim " + meta.getName() + " binding timeout")
              : Status.WAIT;
        }
      }
    }
    return Status.SUCCESS;
  }

  private <T> T onLoop(Supplier<T> question) throws InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    context.loop().post(() -> answer.complete(question.get()));
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
