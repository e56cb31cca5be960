package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.kinds.pod.SchedulingRules;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What a device in a ResourceSlice must look like. (Source: pkg/apis/resource/validation of native.) */
final class DeviceRules {
  private static final int MOST_NAMES = 32;
  private static final int MOST_VALUES = 48;
  private static final int LONGEST_VALUE = 64;
  private static final int MOST_TAINTS = 16;
  private static final int MOST_CONSUMPTIONS = 2;
  private static final int MOST_COUNTERS = 32;
  private static final int MOST_CONDITIONS = 4;
  private static final List<String> EFFECTS = List.of("NoExecute", "NoSchedule", "None");
  private static final List<String> SCALARS = List.of("bool", "int", "string", "version");
  private static final List<String> LISTS = List.of("bools", "ints", "strings", "versions");
  private static final String PLACES =
      "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the"
          + " ResourceSlice spec";
  private static final Pattern VERSION =
      Pattern.compile(
          "(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
              + "(-(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
              + "(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?");

  private DeviceRules() {}

  /** @param perDevice whether each device of the slice says where it is */
  static void check(Tree device, boolean perDevice, FieldPath path, FieldErrors errors) {
    String name = device.string("name");
    Names.dnsLabel(name).forEach(text -> errors.invalid(path.child("name"), name, text));
    int names = device.tree("attributes").size() + device.tree("capacity").size();
    if (names > MOST_NAMES) {
      errors.invalid(path, (long) names, "the total number of attributes and capacities must not exceed " + MOST_NAMES);
    }
    long values = values(device.tree("attributes"));
    if (values > MOST_VALUES) {
      errors.invalid(path, values, "the total number of attribute values must not exceed " + MOST_VALUES);
    }
    Tree attributes = device.tree("attributes");
    for (String attribute : attributes.names()) {
      DeviceRequests.attribute(attribute, path.child("attributes"), errors);
      attribute(attributes.tree(attribute), path.child("attributes").key(attribute), errors);
    }
    capacities(device, path.child("capacity"), errors);
    taints(device.trees("taints"), path.child("taints"), errors);
    consumptions(device.trees("consumesCounters"), path.child("consumesCounters"), errors);
    if (perDevice) {
      place(device, path, errors);
    } else if (device.get("nodeName") != null || device.get("nodeSelector") != null || device.get("allNodes") != null) {
      errors.invalid(
          path,
          null,
          "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec");
    }
    bindings(device.strings("bindingConditions"), device.strings("bindingFailureConditions"), path, errors);
  }

  private static long values(Tree attributes) {
    long values = 0;
    for (String name : attributes.names()) {
      Tree attribute = attributes.tree(name);
      values += Math.max(1, LISTS.stream().mapToInt(list -> attribute.list(list).size()).sum());
    }
    return values;
  }

  private static void attribute(Tree attribute, FieldPath path, FieldErrors errors) {
    List<String> set = new ArrayList<>();
    SCALARS.stream().filter(member -> attribute.get(member) != null).forEach(set::add);
    LISTS.stream().filter(member -> attribute.get(member) != null).forEach(set::add);
    if (attribute.get("string") instanceof String text) {
      length(text, path.child("string"), errors);
    }
    if (attribute.get("version") instanceof String text) {
      version(text, path.child("version"), errors);
    }
    List<String> strings = attribute.strings("strings");
    for (int i = 0; i < strings.size(); i++) {
      length(strings.get(i), path.child("strings").index(i), errors);
    }
    List<String> versions = attribute.strings("versions");
    for (int i = 0; i < versions.size(); i++) {
      version(versions.get(i), path.child("versions").index(i), errors);
    }
    if (set.size() != 1) {
      Object shown = set.isEmpty() ? "" : InternalForm.of("resource.DeviceAttribute", attribute);
      errors.invalid(path, shown, "exactly one value must be specified");
    }
  }

  private static void length(String text, FieldPath path, FieldErrors errors) {
    if (text.length() > LONGEST_VALUE) {
      errors.tooLong(path, LONGEST_VALUE);
    }
  }

  private static void version(String text, FieldPath path, FieldErrors errors) {
    if (!VERSION.matcher(text).matches()) {
      errors.invalid(path, text, "must be a string compatible with semver.org spec 2.0.0");
    }
    length(text, path, errors);
  }

  private static void capacities(Tree device, FieldPath path, FieldErrors errors) {
    Tree capacities = device.tree("capacity");
    for (String name : capacities.names()) {
      DeviceRequests.attribute(name, path, errors);
      if (!(capacities.tree(name).get("requestPolicy") instanceof Tree)) {
        continue;
      }
      FieldPath at = path.key(name).child("requestPolicy");
      if (device.bool("allowMultipleAllocations")) {
        CapacityPolicies.check(capacities.tree(name), at, errors);
      } else {
        errors.forbidden(at, "allowMultipleAllocations must be true");
      }
    }
  }

  private static void taints(List<Tree> taints, FieldPath path, FieldErrors errors) {
    if (taints.size() > MOST_TAINTS) {
      errors.tooMany(path, taints.size(), MOST_TAINTS);
      return;
    }
    for (int i = 0; i < taints.size(); i++) {
      FieldPath at = path.index(i);
      String key = taints.get(i).string("key");
      String value = taints.get(i).string("value");
      Names.qualifiedName(key).forEach(text -> errors.invalid(at.child("key"), key, text));
      Names.labelValue(value).forEach(text -> errors.invalid(at.child("value"), value, text));
      String effect = taints.get(i).string("effect");
      if (effect.isEmpty()) {
        errors.required(at.child("effect"), "");
      } else if (!EFFECTS.contains(effect)) {
        errors.notSupported(at.child("effect"), effect, EFFECTS);
      }
    }
  }

  private static void consumptions(List<Tree> consumptions, FieldPath path, FieldErrors errors) {
    if (consumptions.size() > MOST_CONSUMPTIONS) {
      errors.tooMany(path, consumptions.size(), MOST_CONSUMPTIONS);
      return;
    }
    Set<String> sets = new HashSet<>();
    for (int i = 0; i < consumptions.size(); i++) {
      counters(consumptions.get(i), "counterSet", path.index(i), errors);
      if (!sets.add(consumptions.get(i).string("counterSet"))) {
        errors.duplicate(path.index(i), consumptions.get(i).string("counterSet"));
      }
    }
  }

  /** A named set of counters. */
  static void counters(Tree set, String nameMember, FieldPath path, FieldErrors errors) {
    String name = set.string(nameMember);
    if (name.isEmpty()) {
      errors.required(path.child(nameMember), "");
    } else {
      Names.dnsLabel(name).forEach(text -> errors.invalid(path.child(nameMember), name, text));
    }
    Tree counters = set.tree("counters");
    if (counters.isEmpty()) {
      errors.required(path.child("counters"), "");
    } else if (counters.size() > MOST_COUNTERS) {
      errors.tooMany(path.child("counters"), counters.size(), MOST_COUNTERS);
    } else {
      for (String counter : counters.names()) {
        Names.dnsLabel(counter).forEach(text -> errors.invalid(path.child("counters"), counter, text));
      }
    }
  }

  private static void place(Tree device, FieldPath path, FieldErrors errors) {
    List<String> set = new ArrayList<>();
    if (device.get("nodeName") instanceof String node) {
      if (node.isEmpty()) {
        errors.invalid(path.child("nodeName"), node, "must not be empty");
      } else {
        set.add("`nodeName`");
        Names.dnsSubdomain(node).forEach(text -> errors.invalid(path.child("nodeName"), node, text));
      }
    }
    if (device.get("nodeSelector") instanceof Tree selector) {
      set.add("`nodeSelector`");
      SchedulingRules.nodeSelector(selector, path.child("nodeSelector"), errors);
    }
    if (device.get("allNodes") instanceof Boolean all) {
      if (all) {
        set.add("`allNodes`");
      } else {
        errors.invalid(path.child("allNodes"), false, "must be either unset or set to true");
      }
    }
    if (set.isEmpty()) {
      errors.required(path, PLACES);
    } else if (set.size() > 1) {
      errors.invalid(path, "{" + String.join(", ", set) + "}", PLACES);
    }
  }

  /** The conditions that must hold before a pod with the device is bound, and those that prevent it. */
  static void bindings(List<String> conditions, List<String> failures, FieldPath path, FieldErrors errors) {
    labelNames(conditions, path.child("bindingConditions"), errors);
    labelNames(failures, path.child("bindingFailureConditions"), errors);
    for (int i = 0; i < failures.size(); i++) {
      if (conditions.contains(failures.get(i))) {
        errors.invalid(
            path.child("bindingFailureConditions").index(i),
            failures.get(i),
            "bindingFailureConditions must not overlap with bindingConditions");
      }
    }
    if (conditions.isEmpty() && !failures.isEmpty()) {
      errors.invalid(path.child("bindingConditions"), null, "bindingConditions are required to use bindingFailureConditions");
    }
    if (failures.isEmpty() && !conditions.isEmpty()) {
      errors.invalid(path.child("bindingFailureConditions"), null, "bindingFailureConditions are required to use bindingConditions");
    }
  }

  private static void labelNames(List<String> names, FieldPath path, FieldErrors errors) {
    if (names.size() > MOST_CONDITIONS) {
      errors.tooMany(path, names.size(), MOST_CONDITIONS);
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      FieldPath at = path.index(i);
      if (names.size() <= MOST_CONDITIONS) {
        Names.qualifiedName(name).forEach(text -> errors.invalid(at, name, text));
      }
      if (!seen.add(name)) {
        errors.duplicate(at, name);
      }
    }
  }
}
