package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceAttribute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A condition on the devices of a claim together. Once it is violated, more devices do not mend it. */
sealed interface Constraint {

  /** Whether the condition would still hold with a device more. */
  boolean allows(Wish wish, OfferedDevice device);

  /** Tries to add a device; returns whether the condition still holds. */
  boolean add(Wish wish, OfferedDevice device);

  /** Takes back a device that was added. */
  void remove(Wish wish, OfferedDevice device);

  /** Whether a constraint on requests (none: all) concerns one. */
  private static boolean concerns(List<String> requests, Wish wish) {
    return requests.isEmpty() || requests.contains(wish.baseName()) || wish.parent() != null && requests.contains(wish.fullName());
  }

  /** The attribute of a fully qualified name; the domain may be left out by the driver of the same name. Null: there is none. */
  private static Value attribute(OfferedDevice device, String name) {
    Map<String, DeviceAttribute> all = device.device().getAttributes();
    DeviceAttribute found = all.get(name);
    int slash = name.indexOf('/');
    if (found == null && slash >= 0 && name.substring(0, slash).equals(device.id().driver())) {
      found = all.get(name.substring(slash + 1));
    }
    return found == null ? null : new Value(found.getString(), found.getInt(), found.getBool(), found.getVersion());
  }

  /** A value with its type; versions are in their shortest form, so that equal ones are written alike. */
  record Value(String text, Long number, Boolean flag, String version) {
    boolean isKnown() {
      return text != null || number != null || flag != null || version != null;
    }
  }

  /** All devices have the same value of an attribute. */
  final class Match implements Constraint {
    private final List<String> requests;
    private final String name;
    private Value value;
    private int devices;

    Match(List<String> requests, String name) {
      this.requests = requests;
      this.name = name;
    }

    @Override
    public boolean allows(Wish wish, OfferedDevice device) {
      if (!concerns(requests, wish)) {
        return true;
      }
      Value own = attribute(device, name);
      return own != null && (devices == 0 || own.equals(value) && own.isKnown());
    }

    @Override
    public boolean add(Wish wish, OfferedDevice device) {
      if (!allows(wish, device)) {
        return false;
      }
      if (concerns(requests, wish)) {
        value = devices == 0 ? attribute(device, name) : value;
        devices++;
      }
      return true;
    }

    @Override
    public void remove(Wish wish, OfferedDevice device) {
      if (concerns(requests, wish)) {
        devices--;
      }
    }
  }

  /**
   * All devices have different values of an attribute. As native: of a request with several devices only the value of the one added last is
   * remembered.
   */
  final class Distinct implements Constraint {
    private final List<String> requests;
    private final String name;
    private final Map<String, Value> values = new HashMap<>();
    private int devices;

    Distinct(List<String> requests, String name) {
      this.requests = requests;
      this.name = name;
    }

    @Override
    public boolean allows(Wish wish, OfferedDevice device) {
      if (!concerns(requests, wish)) {
        return true;
      }
      Value own = attribute(device, name);
      return own != null && (devices == 0 || !values.containsValue(own));
    }

    @Override
    public boolean add(Wish wish, OfferedDevice device) {
      if (!allows(wish, device)) {
        return false;
      }
      if (concerns(requests, wish)) {
        values.put(wish.baseName(), attribute(device, name));
        devices++;
      }
      return true;
    }

    @Override
    public void remove(Wish wish, OfferedDevice device) {
      if (concerns(requests, wish)) {
        values.remove(wish.baseName());
        devices--;
      }
    }
  }
}
