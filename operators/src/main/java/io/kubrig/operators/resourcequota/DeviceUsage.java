package io.kubrig.operators.resourcequota;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSubRequest;
import io.fabric8.kubernetes.api.model.resource.v1.ExactDeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.Objects;
import java.util.HashMap;
import java.util.Map;

/** What a resource claim takes: at worst so many devices of each class. */
final class DeviceUsage {
  private static final String OF_CLASS = ".deviceclass.resource.k8s.io/devices";

  /** No claim gets more devices than this. */
  private static final long MOST = 32;

  private DeviceUsage() {}

  static boolean covers(String name) {
    return name.endsWith(OF_CLASS);
  }

  static Map<String, Quantity> of(ResourceClaim claim) {
    Map<String, Long> devices = new HashMap<>();
    if (claim.getSpec() != null && claim.getSpec().getDevices() != null) {
      Objects.orEmpty(claim.getSpec().getDevices().getRequests())
          .forEach(request -> of(request).forEach((name, count) -> devices.merge(name, count, Long::sum)));
    }
    Map<String, Quantity> usage = new HashMap<>();
    devices.forEach((name, count) -> usage.put(name + OF_CLASS, Quantity.of(count)));
    return usage;
  }

  /** By class; of the alternatives of a request only one comes true, so the greatest counts. */
  private static Map<String, Long> of(DeviceRequest request) {
    Map<String, Long> devices = new HashMap<>();
    for (DeviceSubRequest choice : Objects.orEmpty(request.getFirstAvailable())) {
      devices.merge(choice.getDeviceClassName(), count(choice.getAllocationMode(), choice.getCount()), Math::max);
    }
    ExactDeviceRequest exactly = request.getExactly();
    if (devices.isEmpty() && exactly != null) {
      devices.put(exactly.getDeviceClassName(), count(exactly.getAllocationMode(), exactly.getCount()));
    }
    return devices;
  }

  private static long count(String mode, Long count) {
    return switch (mode == null ? "" : mode) {
      case "ExactCount" -> count == null ? 0 : count;
      case "All" -> MOST;
      default -> 0;
    };
  }
}
