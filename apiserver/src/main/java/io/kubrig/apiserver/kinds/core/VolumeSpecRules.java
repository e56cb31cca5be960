package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.pod.ClaimRules;
import io.kubrig.apiserver.kinds.pod.SchedulingRules;
import io.kubrig.apiserver.kinds.pod.StorageSources;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** What the spec of a persistent volume must look like, in a volume of its own and inline in an attachment. */
public final class VolumeSpecRules {
  private static final List<String> POLICIES = List.of("Delete", "Recycle", "Retain");
  private static final String INLINE = "may not be specified in the context of inline volumes";

  /** In the order in which native looks at them: the first that is there counts. */
  static final List<String> SOURCES =
      List.of(
          "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte", "cephfs", "iscsi",
              "cinder", "fc",
          "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO", "local",
              "storageos", "csi");

  private final Tree spec;
  private final FieldPath path;
  private final FieldErrors errors;

  private VolumeSpecRules(Tree spec, FieldPath path, FieldErrors errors) {
    this.spec = spec;
    this.path = path;
    this.errors = errors;
  }

  /** @param volume the volume's name */
  static void ofVolume(Tree spec, String volume, FieldPath path, FieldErrors errors) {
    new VolumeSpecRules(spec, path, errors).ofVolume(volume);
  }

  /** The spec that stands in an attachment: of a CSI volume, and of little else. */
  public static void inline(Tree spec, FieldPath path, FieldErrors errors) {
    new VolumeSpecRules(spec, path, errors).inline();
  }

  private void ofVolume(String volume) {
    modes();
    capacity(spec.tree("capacity"), spec.given("capacity"));
    String policy = spec.string("persistentVolumeReclaimPolicy");
    if (!POLICIES.contains(policy)) {
      errors.notSupported(path.child("persistentVolumeReclaimPolicy"), policy, POLICIES);
    }
    if (spec.get("nodeAffinity") instanceof Tree affinity) {
      FieldPath required = path.child("nodeAffinity", "required");
      if (affinity.get("required") instanceof Tree selector) {
        SchedulingRules.nodeSelector(selector, required, errors);
      } else {
        errors.required(required, "must specify required node constraints");
      }
    }
    source(volume);
    className("storageClassName");
    String mode = spec.string("volumeMode");
    if (spec.get("volumeMode") != null && !mode.equals("Block") && !mode.equals("Filesystem")) {
      errors.notSupported(path.child("volumeMode"), mode, List.of("Block", "Filesystem"));
    }
    if (spec.get("volumeAttributesClassName") instanceof String name) {
      if (name.isEmpty()) {
        errors.required(path.child("volumeAttributesClassName"), "an empty string is disallowed");
      }
      className("volumeAttributesClassName");
      if (spec.get("csi") == null) {
        errors.required(path.child("csi"), "has to be specified when using volumeAttributesClassName");
      }
    }
  }

  private void inline() {
    if (spec.get("claimRef") != null) {
      errors.forbidden(path.child("claimRef"), INLINE);
    }
    if (!spec.tree("capacity").isEmpty()) {
      errors.forbidden(path.child("capacity"), INLINE);
    }
    if (spec.get("csi") == null) {
      errors.required(path.child("csi"), "has to be specified in the context of inline volumes");
    }
    modes();
    String policy = spec.string("persistentVolumeReclaimPolicy");
    if (!policy.isEmpty() && !policy.equals("Retain")) {
      errors.forbidden(path.child("persistentVolumeReclaimPolicy"), "may only be Retain in the context of inline volumes");
    }
    if (spec.get("nodeAffinity") != null) {
      errors.forbidden(path.child("nodeAffinity"), INLINE);
    }
    source("");
    if (!spec.string("storageClassName").isEmpty()) {
      errors.forbidden(path.child("storageClassName"), INLINE);
    }
    if (spec.get("volumeMode") != null && !spec.string("volumeMode").equals("Filesystem")) {
      errors.forbidden(path.child("volumeMode"), "may not specify volumeMode other than Filesystem in the context of inline volumes");
    }
  }

  private void modes() {
    List<String> modes = spec.strings("accessModes");
    if (modes.isEmpty()) {
      errors.required(path.child("accessModes"), "");
    }
    ClaimRules.modes(modes, path.child("accessModes"), errors);
  }

  private void className(String member) {
    String name = spec.string(member);
    if (!name.isEmpty()) {
      Names.dnsSubdomain(name).forEach(text -> errors.invalid(path.child(member), name, text));
    }
  }

  /** @param shown the same in messages */
  private void capacity(Tree capacity, Object shown) {
    FieldPath at = path.child("capacity");
    if (capacity.isEmpty()) {
      errors.required(at, "");
    }
    if (!capacity.has("storage") || capacity.size() > 1) {
      errors.notSupported(at, shown, List.of("storage"));
    }
    for (String name : capacity.names()) {
      Quantity amount = Quantities.of(capacity, name).orElse(Quantity.ZERO);
      if (amount.value() < 0) {
        errors.invalid(at.key(name), amount.value(), "must be a valid resource quantity");
      }
      if (amount.sign() <= 0) {
        errors.invalid(at.key(name), amount.toString(), "must be greater than zero");
      }
    }
  }

  private void source(String volume) {
    int sources = 0;
    for (String type : SOURCES) {
      if (!(spec.get(type) instanceof Tree source)) {
        continue;
      }
      if (sources++ > 0 && !type.equals("flexVolume")) {
        errors.forbidden(path.child(type.equals("cephfs") ? "cephFS" : type), "may not specify more than 1 volume type");
        continue;
      }
      StorageSources.inVolume(type, source, volume, path.child(type), errors);
      if (type.equals("local") && spec.get("nodeAffinity") == null) {
        errors.required(path.child("nodeAffinity"), "Local volume requires node affinity");
      }
    }
    if (sources == 0) {
      errors.required(path, "must specify a volume type");
    }
    if (spec.tree("hostPath").string("path").matches("/[/.]*") && spec.string("persistentVolumeReclaimPolicy").equals("Recycle")) {
      errors.forbidden(path.child("persistentVolumeReclaimPolicy"), "may not be 'recycle' for a hostPath mount of '/'");
    }
  }
}
