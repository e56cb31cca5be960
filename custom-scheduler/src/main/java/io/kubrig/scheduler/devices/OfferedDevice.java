package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.Device;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceAttribute;
import io.kubrig.machinery.cel.DeviceSelector;
import io.kubrig.machinery.cel.Semver;
import io.kubrig.machinery.quantity.Quantity;
import java.util.HashMap;
import java.util.Map;

/**
 * A device that a slice offers. What selectors say of it is remembered: a device never changes, it is replaced. Used by one thread at a
 * time.
 */
final class OfferedDevice {
  private final DeviceId id;
  private final Device device;
  private final Slice slice;
  private final Map<DeviceSelector, Boolean> verdicts = new HashMap<>(4);
  private DeviceSelector.Device view;

  OfferedDevice(Device device, Slice slice) {
    this.id = new DeviceId(slice.pool().driver(), slice.pool().name(), device.getName());
    this.device = device;
    this.slice = slice;
  }

  DeviceId id() {
    return id;
  }

  Device device() {
    return device;
  }

  Slice slice() {
    return slice;
  }

  /** Whether several claims may share it. */
  boolean isShareable() {
    return Boolean.TRUE.equals(device.getAllowMultipleAllocations());
  }

  /** Whether a selector wants it; a failure is told as {@link Selectors.Failure}. */
  boolean isWantedBy(DeviceSelector selector) throws Selectors.Failure {
    Boolean known = verdicts.get(selector);
    if (known == null) {
      known = Selectors.matches(selector, view());
      verdicts.put(selector, known);
    }
    return known;
  }

  private DeviceSelector.Device view() throws Selectors.Failure {
    if (view == null) {
      Map<String, Map<String, Object>> attributes = new HashMap<>();
      for (Map.Entry<String, DeviceAttribute> a : device.getAttributes().entrySet()) {
        put(attributes, a.getKey(), value(a.getKey(), a.getValue()));
      }
      Map<String, Map<String, Quantity>> capacity = new HashMap<>();
      device.getCapacity().forEach((name, c) -> put(capacity, name, Quantity.parse(c.getValue().toString())));
      view = new DeviceSelector.Device(id.driver(), isShareable(), attributes, capacity);
    }
    return view;
  }

  /** A name without a domain is in that of the driver. */
  private <T> void put(Map<String, Map<String, T>> byDomain, String qualified, T value) {
    int slash = qualified.indexOf('/');
    String domain = slash < 0 ? id.driver() : qualified.substring(0, slash);
    byDomain.computeIfAbsent(domain, d -> new HashMap<>()).put(qualified.substring(slash + 1), value);
  }

  private static Object value(String name, DeviceAttribute a) throws Selectors.Failure {
    if (a.getInt() != null) {
      return a.getInt();
    }
    if (a.getBool() != null) {
      return a.getBool();
    }
    if (a.getString() != null) {
      return a.getString();
    }
    if (a.getVersion() == null) {
      throw new Selectors.Failure("CEL runtime error: attribute " + name + ": unsupported attribute value");
    }
    return Semver.parse(a.getVersion(), false)
        .orElseThrow(() -> new Selectors.Failure("CEL runtime error: attribute " + name + ": parse semantic version: " + a.getVersion()));
  }
}
