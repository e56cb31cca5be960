package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.resource.v1.AllocatedDeviceStatus;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Whether the devices of a claim are prepared so far that its pod can be bound. Source: KEP-5007. */
sealed interface Readiness {
  /** Every binding condition holds, or there are none. */
  record Ready() implements Readiness {}

  /** Some condition does not hold yet. */
  record Waiting() implements Readiness {}

  /** A device cannot be prepared. */
  record Failed(String message) implements Readiness {}

  static Readiness of(ResourceClaim claim) {
    Optional<AllocationResult> allocation = Claims.allocation(claim);
    if (allocation.isEmpty()) {
      return new Waiting();
    }
    for (DeviceRequestAllocationResult r : allocation.get().getDevices().getResults()) {
      if (r.getBindingConditions().isEmpty()) {
        continue;
      }
      AllocatedDeviceStatus status = claim.getStatus().getDevices().stream().filter(s -> isOf(s, r)).findFirst().orElse(null);
      if (status == null) {
        return new Waiting();
      }
      for (Condition c : status.getConditions()) {
        if (r.getBindingFailureConditions().contains(c.getType()) && "True".equals(c.getStatus())) {
          return new Failed("claim " + claim.getMetadata().getName() + " binding failed: reason=" + c.getReason() + ", message=\""
              + c.getMessage() + "\"");
        }
      }
      for (String wanted : r.getBindingConditions()) {
        if (status.getConditions().stream().noneMatch(c -> c.getType().equals(wanted) && "True".equals(c.getStatus()))) {
          return new Waiting();
        }
      }
    }
    return new Ready();
  }

  private static boolean isOf(AllocatedDeviceStatus s, DeviceRequestAllocationResult r) {
    return s.getDriver().equals(r.getDriver()) && s.getPool().equals(r.getPool()) && s.getDevice().equals(r.getDevice())
        && Objects.equals(s.getShareID(), r.getShareID());
  }

  /** Whether some device has binding conditions. */
  static boolean isAsked(ResourceClaim claim) {
    return Claims.allocation(claim).stream().flatMap(a -> a.getDevices().getResults().stream())
        .anyMatch(r -> !r.getBindingConditions().isEmpty());
  }

  /** Whether the time to prepare is over. */
  static boolean isOverdue(ResourceClaim claim, Duration timeout, Instant now) {
    return isAsked(claim) && Claims.allocation(claim).map(AllocationResult::getAllocationTimestamp)
        .map(t -> Instant.parse(t).plus(timeout).isBefore(now)).orElse(false);
  }
}
