package io.kubrig.operators.devicetainteviction;

import io.fabric8.kubernetes.api.model.resource.v1.Device;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceTaint;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceToleration;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** When the users of a claim have to go because of its devices' taints. */
final class DeviceTaints {
  private static final String NO_EXECUTE = "NoExecute";

  private DeviceTaints() {}

  /** The moment from which on the claim's users may not stay; empty when they may for good. */
  static Optional<Instant> eviction(ResourceClaim claim, Collection<ResourceSlice> slices, Collection<TaintRules.Rule> rules, Instant now) {
    if (claim.getStatus() == null || claim.getStatus().getAllocation() == null || claim.getStatus().getAllocation().getDevices() == null) {
      return Optional.empty();
    }
    List<Instant> ends = new ArrayList<>();
    for (DeviceRequestAllocationResult result : Objects.orEmpty(claim.getStatus().getAllocation().getDevices().getResults())) {
      for (DeviceTaint taint : taints(result, slices, rules)) {
        end(result, taint, now).ifPresent(ends::add);
      }
    }
    return ends.stream().min(Instant::compareTo);
  }

  private static List<DeviceTaint> taints(
      DeviceRequestAllocationResult result, Collection<ResourceSlice> slices, Collection<TaintRules.Rule> rules) {
    Stream<DeviceTaint> ruled = rules.stream().filter(rule -> rule.selects(result)).map(TaintRules.Rule::taint);
    Stream<DeviceTaint> own = slices.stream().filter(slice -> result.getDriver().equals(slice.getSpec().getDriver()))
        .filter(slice -> slice.getSpec().getPool() != null && result.getPool().equals(slice.getSpec().getPool().getName()))
        .flatMap(slice -> Objects.orEmpty(slice.getSpec().getDevices()).stream())
        .filter(device -> result.getDevice().equals(device.getName()))
        .map(Device::getTaints).flatMap(taints -> Objects.orEmpty(taints).stream());
    return Stream.concat(own, ruled).filter(taint -> NO_EXECUTE.equals(taint.getEffect())).toList();
  }

  private static Optional<Instant> end(DeviceRequestAllocationResult result, DeviceTaint taint, Instant now) {
    Instant since = Objects.time(taint.getTimeAdded()).orElse(now);
    List<DeviceToleration> used = Objects.orEmpty(result.getTolerations()).stream().filter(toleration -> tolerates(toleration, taint))
        .toList();
    if (used.isEmpty()) {
      return Optional.of(since);
    }
    if (used.stream().anyMatch(toleration -> toleration.getTolerationSeconds() == null)) {
      return Optional.empty();
    }
    long seconds = used.stream().mapToLong(DeviceToleration::getTolerationSeconds).max().orElse(0);
    return Optional.of(since.plusSeconds(Math.max(0, seconds)));
  }

  private static boolean tolerates(DeviceToleration toleration, DeviceTaint taint) {
    boolean effect = isEmpty(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
    boolean key = isEmpty(toleration.getKey()) || toleration.getKey().equals(taint.getKey());
    if ("Exists".equals(toleration.getOperator())) {
      return effect && key;
    }
    String value = toleration.getValue() == null ? "" : toleration.getValue();
    return effect && key && !isEmpty(toleration.getKey()) && value.equals(taint.getValue() == null ? "" : taint.getValue());
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }
}
