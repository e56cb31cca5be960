package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.CapacityRequirements;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSelector;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSubRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceToleration;
import io.fabric8.kubernetes.api.model.resource.v1.ExactDeviceRequest;
import java.util.List;
import java.util.Map;

/**
 * One request of a claim, or one of its alternatives.
 *
 * @param parent the request that this is an alternative of, or null
 * @param mode {@value #EXACT_COUNT} or {@value #ALL}
 * @param capacity what it asks of shared devices, by name
 */
record Wish(
    String parent,
    String name,
    String deviceClass,
    String mode,
    long count,
    boolean adminAccess,
    List<DeviceSelector> selectors,
    List<DeviceToleration> tolerations,
    Map<String, Quantity> capacity) {
  static final String EXACT_COUNT = "ExactCount";
  static final String ALL = "All";

  static Wish of(DeviceRequest request) {
    ExactDeviceRequest r = request.getExactly();
    return new Wish(null, request.getName(), r.getDeviceClassName(), mode(r.getAllocationMode()), count(r.getCount()),
        Boolean.TRUE.equals(r.getAdminAccess()), r.getSelectors(), r.getTolerations(), requests(r.getCapacity()));
  }

  static Wish of(DeviceRequest parent, DeviceSubRequest r) {
    return new Wish(parent.getName(), r.getName(), r.getDeviceClassName(), mode(r.getAllocationMode()), count(r.getCount()), false,
        r.getSelectors(), r.getTolerations(), requests(r.getCapacity()));
  }

  private static String mode(String mode) {
    return mode == null || mode.isEmpty() ? EXACT_COUNT : mode;
  }

  private static long count(Long count) {
    return count == null ? 1 : count;
  }

  private static Map<String, Quantity> requests(CapacityRequirements capacity) {
    return capacity == null || capacity.getRequests() == null ? Map.of() : capacity.getRequests();
  }

  boolean wantsAll() {
    return mode.equals(ALL);
  }

  /** The name of the request of the claim. */
  String baseName() {
    return parent == null ? name : parent;
  }

  /** {@code request} or {@code request/alternative}, as results name it. */
  String fullName() {
    return parent == null ? name : parent + "/" + name;
  }
}
