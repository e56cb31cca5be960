package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What containers may do with the volumes of their pod. */
final class MountRules {
  private MountRules() {}

  /** @param volumes the well-formed volumes of the pod by name */
  static void mounts(Tree container, Map<String, Tree> volumes, FieldPath path, FieldErrors errors) {
    Set<String> points = new HashSet<>();
    List<Tree> devices = container.trees("volumeDevices");
    List<Tree> mounts = container.trees("volumeMounts");
    for (int i = 0; i < mounts.size(); i++) {
      Tree mount = mounts.get(i);
      FieldPath at = path.index(i);
      String name = mount.string("name");
      String point = mount.string("mountPath");
      Checks.required(mount, "name", at, errors);
      if (!volumes.containsKey(name)) {
        errors.notFound(at.child("name"), name);
      }
      Checks.required(mount, "mountPath", at, errors);
      if (!points.add(point)) {
        errors.invalid(at.child("mountPath"), point, "must be unique");
      }
      if (holds(devices, "name", name)) {
        errors.invalid(at.child("name"), name, "must not already exist in volumeDevices");
      }
      if (holds(devices, "devicePath", point)) {
        errors.invalid(at.child("mountPath"), point, "must not already exist as a path in volumeDevices");
      }
      part(mount, at, path, errors);
      propagation(mount, container, path.child("mountPropagation"), errors);
      recursiveReadOnly(mount, path.child("recursiveReadOnly"), errors);
    }
  }

  /** Native reports what is wrong with the path of a part under the list, not the element. */
  private static void part(Tree mount, FieldPath at, FieldPath list, FieldErrors errors) {
    String part = mount.string("subPath");
    String expression = mount.string("subPathExpr");
    if (!part.isEmpty()) {
      Checks.descendingPath(part, list.child("subPath"), errors);
    }
    if (!expression.isEmpty()) {
      if (!part.isEmpty()) {
        errors.invalid(at.child("subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive");
      }
      Checks.descendingPath(expression, list.child("subPathExpr"), errors);
    }
  }

  private static void propagation(Tree mount, Tree container, FieldPath path, FieldErrors errors) {
    if (!(mount.get("mountPropagation") instanceof String mode)) {
      return;
    }
    List<String> supported = List.of("Bidirectional", "HostToContainer", "None");
    if (!supported.contains(mode)) {
      errors.notSupported(path, mode, supported);
    }
    if (mode.equals("Bidirectional") && !container.tree("securityContext").bool("privileged")) {
      errors.forbidden(path, "Bidirectional mount propagation is available only to privileged containers");
    }
  }

  private static void recursiveReadOnly(Tree mount, FieldPath path, FieldErrors errors) {
    if (!(mount.get("recursiveReadOnly") instanceof String mode)) {
      return;
    }
    List<String> supported = List.of("Disabled", "Enabled", "IfPossible");
    if (!supported.contains(mode)) {
      errors.notSupported(path, mode, supported);
    } else if (!mode.equals("Disabled")) {
      if (!mount.bool("readOnly")) {
        errors.forbidden(path, "may only be specified when readOnly is true");
      }
      if (!mount.string("mountPropagation", "None").equals("None")) {
        errors.forbidden(path, "may only be specified when mountPropagation is None or not specified");
      }
    }
  }

  static void devices(Tree container, Map<String, Tree> volumes, FieldPath path, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    Set<String> points = new HashSet<>();
    List<Tree> mounts = container.trees("volumeMounts");
    List<Tree> devices = container.trees("volumeDevices");
    for (int i = 0; i < devices.size(); i++) {
      String name = devices.get(i).string("name");
      String point = devices.get(i).string("devicePath");
      FieldPath at = path.index(i);
      Checks.required(devices.get(i), "name", at, errors);
      if (!name.isEmpty() && !names.add(name)) {
        errors.invalid(at.child("name"), name, "must be unique");
      }
      Tree volume = volumes.get(name);
      if (volume == null) {
        errors.notFound(at.child("name"), name);
      } else if (!volume.has("persistentVolumeClaim") && !volume.has("ephemeral")) {
        errors.invalid(
            at.child("name"), name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
      }
      Checks.required(devices.get(i), "devicePath", at, errors);
      if (points.contains(point)) {
        errors.invalid(at.child("devicePath"), point, "must be unique");
      }
      if (Checks.hasBacksteps(point)) {
        errors.invalid(at.child("devicePath"), point, "can not contain backsteps ('..')");
      } else {
        points.add(point);
      }
      if (holds(mounts, "name", name)) {
        errors.invalid(at.child("name"), name, "must not already exist in volumeMounts");
      }
      if (holds(mounts, "mountPath", point)) {
        errors.invalid(at.child("devicePath"), point, "must not already exist as a path in volumeMounts");
      }
    }
  }

  private static boolean holds(List<Tree> list, String member, String value) {
    return list.stream().anyMatch(element -> element.string(member).equals(value));
  }
}
