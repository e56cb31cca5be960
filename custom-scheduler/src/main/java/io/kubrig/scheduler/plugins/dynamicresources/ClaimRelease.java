package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.Index;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes devices back from claims. Called by the scheduling thread; what must be written is written in the background. */
final class ClaimRelease {
  private static final Logger LOG = LoggerFactory.getLogger(ClaimRelease.class);
  private static final int ATTEMPTS = 5;

  private final PluginContext context;
  private final DeviceBooks books;

  ClaimRelease(PluginContext context, DeviceBooks books) {
    this.context = context;
    this.books = books;
  }

  /** Takes the devices from a claim, so that others can be tried. */
  void deallocate(ResourceClaim claim) {
    submit(claim, latest -> new ResourceClaimBuilder(latest).editOrNewStatus().withAllocation(null).withReservedFor(List.of())
        .withDevices(List.of())
        .endStatus().build());
  }

  /** Deletes the claim for extended resources. */
  void delete(ResourceClaim claim) {
    context.writer().submit("claim-" + claim.getMetadata().getUid(), () -> {
      try {
        change(claim, latest -> context.api().replace(
            new ResourceClaimBuilder(latest).editMetadata().removeFromFinalizers(ClaimBinding.FINALIZER).endMetadata().build()));
        context.api().delete(claim);
      } catch (ClusterApiException e) {
        logFailure(claim, e);
      }
    });
  }

  /** Undoes what was reserved for a pod that is not bound after all. */
  void giveBack(PodDevices devices, Pod pod) {
    Index<ResourceClaim> index = context.state().objects().resourceClaims();
    for (int i = 0; i < devices.size(); i++) {
      ResourceClaim claim = devices.claim(i);
      String uid = devices.isExtended(i) ? devices.extendedUid() : claim.getMetadata().getUid();
      if (books.end(uid)) {
        index.restore(claim.getMetadata().getNamespace(), claim.getMetadata().getName());
      }
      if (devices.isExtended(i)) {
        if (ExtendedClaim.isWritten(claim)) {
          delete(claim);
        }
      } else if (Claims.isAllocated(claim) && Claims.isReservedFor(claim, pod)) {
        submit(claim, latest -> new ResourceClaimBuilder(latest).editOrNewStatus()
            .removeMatchingFromReservedFor(u -> pod.uid().equals(u.getUid()))
            .endStatus().build());
      }
    }
  }

  private void submit(ResourceClaim claim, UnaryOperator<ResourceClaim> change) {
    context.writer().submit("claim-" + claim.getMetadata().getUid(), () -> {
      try {
        change(claim, latest -> context.api().replaceStatus(change.apply(latest)));
      } catch (ClusterApiException e) {
        logFailure(claim, e);
      }
    });
  }

  /** Changes a claim, again with what is new when somebody else has changed it. A claim that is gone needs no change. */
  private void change(ResourceClaim known, UnaryOperator<ResourceClaim> write) {
    ResourceClaim claim = known;
    for (int attempt = 1;; attempt++) {
      try {
        write.apply(claim);
        return;
      } catch (ClusterApiException e) {
        if (!e.isConflict() || attempt == ATTEMPTS) {
          throw e;
        }
      }
      claim = context.api().read(ResourceClaim.class, known.getMetadata().getNamespace(), known.getMetadata().getName());
      if (claim == null || !claim.getMetadata().getUid().equals(known.getMetadata().getUid())) {
        return;
      }
    }
  }

  /** It is tried again when the pod is. */
  private static void logFailure(ResourceClaim claim, ClusterApiException e) {
    if (!e.isNotFound()) {
      LOG.error("Devices of claim {} could not be given back: {}", Claims.key(claim), e.getMessage());
    }
  }
}
