package io.kubrig.operators.devicetainteviction;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.Device;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceTaint;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceToleration;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import io.kubrig.operators.resourceclaim.PodClaims;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * When pods have to go because of the taints of their devices.
 *
 * @param slices what drivers publish; of a pool only those of its newest generation count
 * @param rules those whose taints have the effect NoExecute
 */
record DeviceTaints(Collection<ResourceSlice> slices, Collection<TaintRule> rules) {
  static final String NO_EXECUTE = "NoExecute";

  DeviceTaints {
    slices = slices.stream().filter(slice -> slice.getSpec() != null && slice.getSpec().getDriver() != null
        && slice.getSpec().getPool() != null && slice.getSpec().getPool().getName() != null).toList();
  }

  /** An end that is due. @param rules names of the rules that are a reason for it */
  record Eviction(Instant when, Set<String> rules) {
    private Eviction with(Eviction other) {
      Set<String> all = new TreeSet<>(rules);
      all.addAll(other.rules);
      return new Eviction(when.isBefore(other.when) ? when : other.when, all);
    }
  }

  private record Taint(DeviceTaint taint, Optional<String> rule) {}

  /** When a pod has to leave its node; empty when it may stay. @param claims the claim of a key, if there is one */
  Optional<Eviction> of(Pod pod, Function<Key, Optional<ResourceClaim>> claims, Instant now) {
    if (!Pods.isAssigned(pod)) {
      return Optional.empty();
    }
    return PodClaims.entries(pod).stream().flatMap(entry -> PodClaims.name(pod, entry).stream()
        .flatMap(name -> claims.apply(new Key(pod.getMetadata().getNamespace(), name)).stream())
        .filter(claim -> entry.getResourceClaimName() != null || Objects.controllerOf(claim)
            .filter(owner -> pod.getMetadata().getUid().equals(owner.getUid())).isPresent()))
        .filter(claim -> isReserved(claim, pod))
        .flatMap(claim -> of(claim, now).stream()).reduce(Eviction::with);
  }

  private static boolean isReserved(ResourceClaim claim, Pod pod) {
    return claim.getStatus() != null && Objects.orEmpty(claim.getStatus().getReservedFor()).stream()
        .anyMatch(consumer -> pod.getMetadata().getUid().equals(consumer.getUid()));
  }

  /** The moment from which on a claim's users may not stay; empty when they may for good. */
  Optional<Eviction> of(ResourceClaim claim, Instant now) {
    return devices(claim).stream().flatMap(device -> taints(device).flatMap(taint -> end(device, taint, now).stream()))
        .reduce(Eviction::with);
  }

  /** The devices that are allocated to a claim. */
  static List<DeviceRequestAllocationResult> devices(ResourceClaim claim) {
    boolean none = claim.getStatus() == null || claim.getStatus().getAllocation() == null
        || claim.getStatus().getAllocation().getDevices() == null;
    return none ? List.of() : Objects.orEmpty(claim.getStatus().getAllocation().getDevices().getResults());
  }

  /** How many published devices a rule selects. */
  long published(TaintRule rule) {
    return slices.stream().filter(this::isNewest).flatMap(slice -> Objects.orEmpty(slice.getSpec().getDevices()).stream()
        .filter(device -> rule.selects(slice.getSpec().getDriver(), slice.getSpec().getPool().getName(), device.getName()))).count();
  }

  private Stream<Taint> taints(DeviceRequestAllocationResult result) {
    Stream<Taint> own = slices.stream().filter(slice -> result.getDriver().equals(slice.getSpec().getDriver()))
        .filter(slice -> result.getPool().equals(slice.getSpec().getPool().getName()))
        .filter(this::isNewest).flatMap(slice -> Objects.orEmpty(slice.getSpec().getDevices()).stream())
        .filter(device -> result.getDevice().equals(device.getName()))
        .map(Device::getTaints).flatMap(taints -> Objects.orEmpty(taints).stream())
        .filter(taint -> NO_EXECUTE.equals(taint.getEffect())).map(taint -> new Taint(taint, Optional.empty()));
    Stream<Taint> ruled = rules.stream().filter(rule -> rule.selects(result.getDriver(), result.getPool(), result.getDevice()))
        .map(rule -> new Taint(rule.taint(), Optional.of(rule.name())));
    return Stream.concat(own, ruled);
  }

  private boolean isNewest(ResourceSlice slice) {
    return slices.stream().filter(other -> isOfSamePool(slice, other))
        .allMatch(other -> generation(other) <= generation(slice));
  }

  private static boolean isOfSamePool(ResourceSlice one, ResourceSlice other) {
    return one.getSpec().getDriver().equals(other.getSpec().getDriver())
        && one.getSpec().getPool().getName().equals(other.getSpec().getPool().getName());
  }

  private static long generation(ResourceSlice slice) {
    Long generation = slice.getSpec().getPool().getGeneration();
    return generation == null ? 0 : generation;
  }

  private static Optional<Eviction> end(DeviceRequestAllocationResult device, Taint why, Instant now) {
    Instant since = Objects.time(why.taint().getTimeAdded()).orElse(now);
    List<DeviceToleration> used = Objects.orEmpty(device.getTolerations()).stream()
        .filter(toleration -> tolerates(toleration, why.taint())).toList();
    if (used.stream().anyMatch(toleration -> toleration.getTolerationSeconds() == null)) {
      return Optional.empty();
    }
    long seconds = used.stream().mapToLong(toleration -> Math.max(0, toleration.getTolerationSeconds())).min().orElse(0);
    return Optional.of(new Eviction(since.plusSeconds(seconds), why.rule().map(Set::of).orElse(Set.of())));
  }

  /** Only who says so tolerates NoExecute: a toleration of all effects is for the scheduler alone. */
  private static boolean tolerates(DeviceToleration toleration, DeviceTaint taint) {
    if (!NO_EXECUTE.equals(toleration.getEffect())) {
      return false;
    }
    boolean key = isEmpty(toleration.getKey()) || toleration.getKey().equals(taint.getKey());
    boolean value = java.util.Objects.equals(isEmpty(toleration.getValue()) ? "" : toleration.getValue(),
        isEmpty(taint.getValue()) ? "" : taint.getValue());
    boolean equal = isEmpty(toleration.getOperator()) || "Equal".equals(toleration.getOperator());
    return key && ("Exists".equals(toleration.getOperator()) || equal && value);
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }
}
