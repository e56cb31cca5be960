package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the volumes of a pod must look like. (Source: ValidateVolumes of core validation.) */
final class VolumeRules {
  /** In the order in which native looks at them: the first that is there counts. */
  private static final List<String> SOURCES =
      List.of(
          "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi", "glusterfs", "flocker",
          "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc", "flexVolume", "configMap", "azureFile",
          "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk", "storageos", "projected", "scaleIO", "csi", "ephemeral",
          "image");

  /** Where native complains of a second source elsewhere than at its member. */
  private static final Map<String, String> MISSPELT = Map.of("cephfs", "cephFS", "downwardAPI", "downwarAPI");

  /** Members that must not be empty, of the sources that only pods have. */
  private static final Map<String, List<String>> REQUIRED =
      Map.of(
          "gitRepo", List.of("repository"),
          "secret", List.of("secretName"),
          "persistentVolumeClaim", List.of("claimName"),
          "configMap", List.of("name"));

  private VolumeRules() {}

  /**
   * Answers the well-formed volumes by name: what containers may mount.
   *
   * @param pod the pod's name; "" where it is not known
   */
  static Map<String, Tree> check(List<Tree> volumes, String pod, Scope scope, FieldPath path, FieldErrors errors) {
    Map<String, Tree> good = new LinkedHashMap<>();
    Set<String> made = new HashSet<>();
    if (!pod.isEmpty()) {
      volumes.stream().filter(volume -> volume.get("ephemeral") != null).forEach(volume -> made.add(pod + "-" + volume.string("name")));
    }
    for (int i = 0; i < volumes.size(); i++) {
      Tree volume = volumes.get(i);
      FieldPath at = path.index(i);
      String name = volume.string("name");
      FieldErrors own = new FieldErrors();
      source(volume, scope, at, own);
      claimName(volume, pod, at.child("name"), own);
      if (name.isEmpty()) {
        own.required(at.child("name"), "");
      } else {
        Checks.dnsLabel(name, at.child("name"), own);
      }
      if (good.containsKey(name)) {
        own.duplicate(at.child("name"), name);
      }
      if (own.isEmpty()) {
        good.put(name, volume);
      }
      errors.addAll(own);
      String claim = volume.tree("persistentVolumeClaim").string("claimName");
      if (made.contains(claim)) {
        errors.invalid(
            at.child("persistentVolumeClaim", "claimName"), claim, "must not reference a PVC that gets created for an ephemeral volume");
      }
    }
    return good;
  }

  /** The claim that is made for an ephemeral volume is named after pod and volume. */
  private static void claimName(Tree volume, String pod, FieldPath path, FieldErrors errors) {
    String name = volume.string("name");
    if (volume.get("ephemeral") == null || pod.isEmpty() || name.isEmpty()) {
      return;
    }
    String claim = pod + "-" + name;
    Names.dnsSubdomain(claim).forEach(text -> errors.invalid(path, name, "PVC name " + FieldErrors.quoted(claim) + ": " + text));
  }

  private static void source(Tree volume, Scope scope, FieldPath path, FieldErrors errors) {
    int sources = 0;
    for (String type : SOURCES) {
      if (!(volume.get(type) instanceof Tree source)) {
        continue;
      }
      if (sources++ > 0) {
        errors.forbidden(path.child(MISSPELT.getOrDefault(type, type)), "may not specify more than 1 volume type");
        continue;
      }
      source(type, source, scope, path.child(type), errors);
      if (type.equals("iscsi") && StorageSources.isPortalTooLong(volume.string("name"), source)) {
        errors.invalid(path.child("name"), volume.string("name"), StorageSources.portalTooLong());
      }
    }
    if (sources == 0) {
      errors.required(path, "must specify a volume type");
    }
  }

  private static void source(String type, Tree source, Scope scope, FieldPath path, FieldErrors errors) {
    for (String member : REQUIRED.getOrDefault(type, List.of())) {
      Checks.required(source, member, path, errors);
    }
    StorageSources.inPod(type, source, path, errors);
    switch (type) {
      case "emptyDir" -> emptyDir(source, path, errors);
      case "gitRepo" -> Checks.descendingPath(source.string("directory"), path.child("directory"), errors);
      case "secret", "configMap" -> files(source, path, errors);
      case "downwardAPI" -> downwardApi(source, path, errors);
      case "projected" -> ProjectionRules.check(source, path, errors);
      case "ephemeral" -> ephemeral(source, path, errors);
      case "image" -> image(source, scope, path, errors);
      default -> { }
    }
  }

  private static void emptyDir(Tree source, FieldPath path, FieldErrors errors) {
    if (ResourceAmounts.amount(source.get("sizeLimit")).filter(size -> size.sign() < 0).isPresent()) {
      errors.forbidden(path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
    }
  }

  private static void ephemeral(Tree source, FieldPath path, FieldErrors errors) {
    FieldPath at = path.child("volumeClaimTemplate");
    if (!(source.get("volumeClaimTemplate") instanceof Tree template)) {
      errors.required(at, "");
      return;
    }
    MetadataRules.template(template.tree("metadata"), at.child("metadata"), errors);
    ClaimRules.spec(template.tree("spec"), at.child("spec"), errors);
  }

  private static void image(Tree source, Scope scope, FieldPath path, FieldErrors errors) {
    if (scope.pod()) {
      Checks.required(source, "reference", path, errors);
    }
    if (!source.string("pullPolicy").isEmpty()) {
      Checks.oneOf(source, "pullPolicy", List.of("Always", "IfNotPresent", "Never"), path, errors);
    }
  }

  // ---- files ---------------------------------------------------------------------------------------------------------

  private static void files(Tree source, FieldPath path, FieldErrors errors) {
    mode(source, "defaultMode", path, errors);
    List<Tree> items = source.trees("items");
    for (int i = 0; i < items.size(); i++) {
      keyToPath(items.get(i), path.child("items").index(i), errors);
    }
  }

  static void keyToPath(Tree item, FieldPath path, FieldErrors errors) {
    Checks.required(item, "key", path, errors);
    if (Checks.required(item, "path", path, errors)) {
      Checks.nonReservedPath(item.string("path"), path.child("path"), errors);
    }
    mode(item, "mode", path, errors);
  }

  static void mode(Tree holder, String member, FieldPath path, FieldErrors errors) {
    if (holder.get(member) instanceof Long mode && (mode < 0 || mode > 0777)) {
      errors.invalid(path.child(member), mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }
  }

  private static void downwardApi(Tree source, FieldPath path, FieldErrors errors) {
    mode(source, "defaultMode", path, errors);
    source.trees("items").forEach(item -> downwardFile(item, path, errors));
  }

  /** Native reports what is wrong with a file under the volume's source, not the item. */
  static void downwardFile(Tree item, FieldPath path, FieldErrors errors) {
    Checks.required(item, "path", path, errors);
    Checks.nonReservedPath(item.string("path"), path.child("path"), errors);
    if (item.get("fieldRef") instanceof Tree reference) {
      EnvironmentRules.field(reference, EnvironmentRules.FIELDS_FOR_FILES, path.child("fieldRef"), errors);
      if (item.get("resourceFieldRef") != null) {
        errors.invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
      }
    } else if (item.get("resourceFieldRef") instanceof Tree reference) {
      EnvironmentRules.resource(reference, true, path.child("resourceFieldRef"), errors);
    } else {
      errors.required(path, "one of fieldRef and resourceFieldRef is required");
    }
    mode(item, "mode", path, errors);
  }
}
