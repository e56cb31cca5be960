package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the volumes of a pod must look like. (Source: ValidateVolumes of core validation.) */
final class VolumeRules {
  private static final List<String> HOST_PATH_TYPES =
      List.of("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
  private static final int MAX_LUN = 255;
  private static final int MAX_DRIVER = 63;

  /** Sources of which only some members must be there. */
  private static final Map<String, List<String>> REQUIRED =
      Map.ofEntries(
          Map.entry("gitRepo", List.of("repository")),
          Map.entry("gcePersistentDisk", List.of("pdName")),
          Map.entry("awsElasticBlockStore", List.of("volumeID")),
          Map.entry("secret", List.of("secretName")),
          Map.entry("nfs", List.of("server", "path")),
          Map.entry("iscsi", List.of("targetPortal", "iqn")),
          Map.entry("glusterfs", List.of("endpoints", "path")),
          Map.entry("persistentVolumeClaim", List.of("claimName")),
          Map.entry("rbd", List.of("image")),
          Map.entry("cinder", List.of("volumeID")),
          Map.entry("configMap", List.of("name")),
          Map.entry("vsphereVolume", List.of("volumePath")),
          Map.entry("azureFile", List.of("secretName", "shareName")),
          Map.entry("azureDisk", List.of("diskName", "diskURI")),
          Map.entry("photonPersistentDisk", List.of("pdID")),
          Map.entry("portworxVolume", List.of("volumeID")),
          Map.entry("scaleIO", List.of("gateway", "system", "volumeName")),
          Map.entry("storageos", List.of("volumeName")),
          Map.entry("flexVolume", List.of("driver")),
          Map.entry("quobyte", List.of("registry", "volume")));

  private VolumeRules() {}

  /** Answers the well-formed volumes by name: what containers may mount. */
  static Map<String, Tree> check(List<Tree> volumes, Scope scope, FieldPath path, FieldErrors errors) {
    Map<String, Tree> good = new LinkedHashMap<>();
    for (int i = 0; i < volumes.size(); i++) {
      Tree volume = volumes.get(i);
      FieldPath at = path.index(i);
      String name = volume.string("name");
      FieldErrors own = new FieldErrors();
      source(volume, scope, at, own);
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
    }
    return good;
  }

  private static void source(Tree volume, Scope scope, FieldPath path, FieldErrors errors) {
    int sources = 0;
    for (String type : volume.names()) {
      if (type.equals("name") || !(volume.get(type) instanceof Tree source)) {
        continue;
      }
      if (sources++ > 0) {
        errors.forbidden(path.child(type), "may not specify more than 1 volume type");
      } else {
        source(type, source, scope, path.child(type), errors);
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
    switch (type) {
      case "emptyDir" -> emptyDir(source, path, errors);
      case "hostPath" -> hostPath(source, path, errors);
      case "gitRepo" -> Checks.descendingPath(source.string("directory"), path.child("directory"), errors);
      case "gcePersistentDisk", "awsElasticBlockStore" -> partition(source, path, errors);
      case "secret", "configMap" -> files(source, path, errors);
      case "nfs" -> absolute(source.string("path"), path.child("path"), errors);
      case "iscsi" -> iscsi(source, path, errors);
      case "rbd", "cephfs" -> {
        if (source.list("monitors").isEmpty()) {
          errors.required(path.child("monitors"), "");
        }
      }
      case "flocker" -> {
        if (source.string("datasetName").isEmpty() && source.string("datasetUUID").isEmpty()) {
          errors.required(path, "one of datasetName and datasetUUID is required");
        }
      }
      case "downwardAPI" -> downwardApi(source, path, errors);
      case "fc" -> fibreChannel(source, path, errors);
      case "projected" -> ProjectionRules.check(source, path, errors);
      case "csi" -> csi(source, path, errors);
      case "ephemeral" -> ephemeral(source, path, errors);
      case "image" -> image(source, scope, path, errors);
      default -> {}
    }
  }

  private static void emptyDir(Tree source, FieldPath path, FieldErrors errors) {
    if (ResourceAmounts.amount(source.get("sizeLimit")).filter(size -> size.sign() < 0).isPresent()) {
      errors.forbidden(path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
    }
  }

  private static void hostPath(Tree source, FieldPath path, FieldErrors errors) {
    if (Checks.required(source, "path", path, errors)) {
      Checks.noBacksteps(source.string("path"), path.child("path"), errors);
    }
    Checks.oneOf(source, "type", HOST_PATH_TYPES, path, errors);
  }

  private static void partition(Tree source, FieldPath path, FieldErrors errors) {
    long partition = source.integer("partition");
    if (partition < 0 || partition > MAX_LUN) {
      errors.invalid(path.child("partition"), partition, Checks.range(1, MAX_LUN));
    }
  }

  private static void absolute(String value, FieldPath path, FieldErrors errors) {
    if (!value.isEmpty() && !value.startsWith("/")) {
      errors.invalid(path, value, "must be an absolute path");
    }
  }

  private static void iscsi(Tree source, FieldPath path, FieldErrors errors) {
    String name = source.string("iqn");
    if (!name.isEmpty() && !name.matches("(iqn\\.\\d{4}-\\d{2}\\.([\\w\\-.:]*)|eui\\.[0-9A-Fa-f]{16}|naa\\.([0-9A-Fa-f]{16}|[0-9A-Fa-f]{32}))")) {
      errors.invalid(path.child("iqn"), name, "must be valid format");
    }
    Checks.inRange(source, "lun", 0, MAX_LUN, path, errors);
    boolean authenticates = source.bool("chapAuthDiscovery") || source.bool("chapAuthSession");
    if (authenticates && source.get("secretRef") == null) {
      errors.required(path.child("secretRef"), "");
    }
  }

  private static void fibreChannel(Tree source, FieldPath path, FieldErrors errors) {
    boolean names = !source.list("targetWWNs").isEmpty();
    boolean ids = !source.list("wwids").isEmpty();
    if (!names && !ids) {
      errors.required(path.child("targetWWNs"), "must specify either targetWWNs or wwids, but not both");
    }
    if (names && ids) {
      errors.invalid(path.child("targetWWNs"), source.list("targetWWNs"), "targetWWNs and wwids can not be specified simultaneously");
    }
    if (names && source.get("lun") == null) {
      errors.required(path.child("lun"), "lun is required if targetWWNs is specified");
    } else if (names) {
      Checks.inRange(source, "lun", 0, MAX_LUN, path, errors);
    }
  }

  private static void csi(Tree source, FieldPath path, FieldErrors errors) {
    String driver = source.string("driver");
    if (Checks.required(source, "driver", path, errors)) {
      if (driver.length() > MAX_DRIVER) {
        errors.tooLong(path.child("driver"), MAX_DRIVER);
      }
      Names.dnsSubdomain(driver.toLowerCase(Locale.ROOT)).forEach(text -> errors.invalid(path.child("driver"), driver, text));
    }
    if (source.get("nodePublishSecretRef") instanceof Tree reference) {
      Checks.required(reference, "name", path.child("nodePublishSecretRef"), errors);
    }
  }

  private static void ephemeral(Tree source, FieldPath path, FieldErrors errors) {
    if (source.get("volumeClaimTemplate") == null) {
      errors.required(path.child("volumeClaimTemplate"), "");
    }
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
