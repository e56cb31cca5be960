package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.kinds.pod.SchedulingRules;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.Conditions;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What the status of a claim of devices must look like. (Source: ValidateResourceClaimStatusUpdate of resource validation.) */
final class ClaimStatusRules {
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final int MOST_CONSUMERS = 256;
  private static final int MOST_RESULTS = 32;
  private static final int MOST_CONFIGURATIONS = 64;
  private static final int MOST_CONDITIONS = 8;
  private static final int MOST_ADDRESSES = 16;
  private static final int MAX_INTERFACE_NAME = 256;
  private static final int MAX_HARDWARE_ADDRESS = 128;
  private static final String WITH_DASHES = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
  /** The four forms that native reads, of which only the first is right. */
  private static final Pattern UUID =
      Pattern.compile(WITH_DASHES + "|[0-9a-fA-F]{32}|\\{" + WITH_DASHES + "}|(?i:urn:uuid:)" + WITH_DASHES);
  private static final Set<Integer> UUID_LENGTHS = Set.of(36, 32, 38, 45);
  private static final List<String> SOURCES = List.of("FromClaim", "FromClass");

  private final Tree claim;
  private final Tree old;
  private final FieldErrors errors;

  ClaimStatusRules(Tree claim, Tree old, FieldErrors errors) {
    this.claim = claim;
    this.old = old;
    this.errors = errors;
  }

  /** Forgets the statuses of devices that the claim had and no longer has. */
  static void dropDeallocated(Tree claim, Tree old) {
    Tree status = claim.tree("status");
    Set<Tree> gone = allocated(old.tree("status"));
    gone.removeAll(allocated(status));
    if (status.has("devices") && !gone.isEmpty()) {
      List<Object> left = new ArrayList<>(status.trees("devices"));
      left.removeIf(device -> gone.contains(identity((Tree) device)));
      if (left.isEmpty()) {
        status.remove("devices");
      } else {
        status.set("devices", left);
      }
    }
  }

  void check() {
    Tree status = claim.tree("status");
    consumers(status.trees("reservedFor"), STATUS.child("reservedFor"));
    devices(status.trees("devices"), STATUS.child("devices"));
    reservation(status, old.tree("status"));
    Object before = old.tree("status").get("allocation");
    if (before != null && status.has("allocation")) {
      if (!before.equals(status.get("allocation"))) {
        errors.invalid(
            STATUS.child("allocation"), InternalForm.of("resource.AllocationResult", status.get("allocation")), "field is immutable");
      }
    } else if (status.get("allocation") instanceof Tree allocation) {
      allocation(allocation, STATUS.child("allocation"));
    }
  }

  // ---- consumers -----------------------------------------------------------------------------------------------------

  private void consumers(List<Tree> consumers, FieldPath path) {
    if (consumers.size() > MOST_CONSUMERS) {
      errors.tooMany(path, consumers.size(), MOST_CONSUMERS);
      return;
    }
    for (int i = 0; i < consumers.size(); i++) {
      for (String member : List.of("resource", "name", "uid")) {
        if (consumers.get(i).string(member).isEmpty()) {
          errors.required(path.index(i).child(member), "");
        }
      }
    }
    Set<String> uids = new HashSet<>();
    for (int i = 0; i < consumers.size(); i++) {
      if (!uids.add(consumers.get(i).string("uid"))) {
        errors.duplicate(path.index(i), consumers.get(i).string("uid"));
      }
    }
  }

  private void reservation(Tree status, Tree before) {
    List<Tree> consumers = status.trees("reservedFor");
    if (consumers.isEmpty()) {
      return;
    }
    if (!status.has("allocation")) {
      errors.forbidden(STATUS.child("reservedFor"), "may not be specified when `allocated` is not set");
    } else if (claim.tree("metadata").has("deletionTimestamp") && !before.trees("reservedFor").containsAll(consumers)) {
      errors.forbidden(
          STATUS.child("reservedFor"), "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set");
    }
  }

  // ---- statuses of devices -------------------------------------------------------------------------------------------

  /** A device as messages show it. */
  private static Tree identity(Tree device) {
    return Tree.of(
        "Driver", device.string("driver"), "Pool", device.string("pool"), "Device", device.string("device"), "ShareID",
        device.string("shareID"));
  }

  private static Set<Tree> allocated(Tree status) {
    Set<Tree> devices = new HashSet<>();
    status.at("allocation", "devices").trees("results").forEach(result -> devices.add(identity(result)));
    return devices;
  }

  private void devices(List<Tree> devices, FieldPath path) {
    Set<Tree> allocated = allocated(claim.tree("status"));
    for (int i = 0; i < devices.size(); i++) {
      device(devices.get(i), allocated, path.index(i));
    }
    Set<Tree> seen = new HashSet<>();
    for (int i = 0; i < devices.size(); i++) {
      if (!seen.add(identity(devices.get(i)))) {
        errors.duplicate(path.index(i), identity(devices.get(i)));
      }
    }
  }

  private void device(Tree device, Set<Tree> allocated, FieldPath path) {
    names(device, path);
    shareId(device, path);
    if (!allocated.contains(identity(device))) {
      errors.invalid(path, identity(device), "must be an allocated device in the claim");
    }
    List<Tree> conditions = device.trees("conditions");
    if (conditions.size() > MOST_CONDITIONS) {
      errors.tooMany(path.child("conditions"), conditions.size(), MOST_CONDITIONS);
    }
    Conditions.check(conditions, path.child("conditions"), errors);
    if (device.has("data")) {
      DeviceRequests.rawObject(device.get("data"), path.child("data"), errors);
    }
    network(device.tree("networkData"), path.child("networkData"));
  }

  private void names(Tree device, FieldPath path) {
    DeviceRequests.driver(device.string("driver"), path.child("driver"), errors);
    ResourceSliceKind.poolName(device.string("pool"), path.child("pool"), errors);
    Names.dnsLabel(device.string("device")).forEach(text -> errors.invalid(path.child("device"), device.string("device"), text));
  }

  private void shareId(Tree device, FieldPath path) {
    if (!(device.get("shareID") instanceof String id)) {
      return;
    }
    FieldPath at = path.child("shareID");
    if (!UUID.matcher(id).matches()) {
      String why = UUID_LENGTHS.contains(id.length()) ? "invalid UUID format" : "invalid UUID length: " + id.length();
      errors.invalid(at, id, "error validating uid: " + why);
    } else if (!id.matches("[0-9a-f-]{36}")) {
      errors.invalid(
          at, id,
              "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters");
    }
  }

  private void network(Tree data, FieldPath path) {
    atMost(data.string("interfaceName"), MAX_INTERFACE_NAME, path.child("interfaceName"));
    atMost(data.string("hardwareAddress"), MAX_HARDWARE_ADDRESS, path.child("hardwareAddress"));
    List<String> addresses = data.strings("ips");
    if (addresses.size() > MOST_ADDRESSES) {
      errors.tooMany(path.child("ips"), addresses.size(), MOST_ADDRESSES);
      return;
    }
    for (int i = 0; i < addresses.size(); i++) {
      Addresses.ofInterface(addresses.get(i), path.child("ips").index(i), errors);
    }
    unique(addresses, path.child("ips"));
  }

  private void atMost(String text, int bytes, FieldPath path) {
    if (text.getBytes(StandardCharsets.UTF_8).length > bytes) {
      errors.tooLong(path, bytes);
    }
  }

  private void unique(List<String> values, FieldPath path) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      if (!seen.add(values.get(i))) {
        errors.duplicate(path.index(i), values.get(i));
      }
    }
  }

  // ---- the allocation ------------------------------------------------------------------------------------------------

  private void allocation(Tree allocation, FieldPath path) {
    Set<String> requests = DeviceRequests.names(claim.at("spec", "devices"));
    List<Tree> results = allocation.tree("devices").trees("results");
    FieldPath at = path.child("devices", "results");
    if (results.size() > MOST_RESULTS) {
      errors.tooMany(at, results.size(), MOST_RESULTS);
    }
    for (int i = 0; i < results.size() && results.size() <= MOST_RESULTS; i++) {
      result(results.get(i), requests, at.index(i));
    }
    List<Tree> configurations = allocation.tree("devices").trees("config");
    at = path.child("devices", "config");
    if (configurations.size() > MOST_CONFIGURATIONS) {
      errors.tooMany(at, configurations.size(), MOST_CONFIGURATIONS);
    }
    for (int i = 0; i < configurations.size() && configurations.size() <= MOST_CONFIGURATIONS; i++) {
      configuration(configurations.get(i), requests, at.index(i));
    }
    if (allocation.get("nodeSelector") instanceof Tree selector) {
      SchedulingRules.nodeSelector(selector, path.child("nodeSelector"), errors);
    }
  }

  private void result(Tree result, Set<String> requests, FieldPath path) {
    DeviceRequests.reference(result.string("request"), path.child("request"), requests, errors);
    names(result, path);
    DeviceRules.bindings(result.strings("bindingConditions"), result.strings("bindingFailureConditions"), path, errors);
    shareId(result, path);
  }

  private void configuration(Tree configuration, Set<String> requests, FieldPath path) {
    String source = configuration.string("source");
    if (source.isEmpty()) {
      errors.required(path.child("source"), "");
    } else if (!SOURCES.contains(source)) {
      errors.notSupported(path.child("source"), source, SOURCES);
    }
    DeviceRequests.references(configuration.strings("requests"), path.child("requests"), requests, errors);
    DeviceRequests.configuration(configuration, path, errors);
  }
}
