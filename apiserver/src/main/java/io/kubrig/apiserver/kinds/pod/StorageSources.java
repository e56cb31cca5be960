package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The rules of the storage behind volumes of pods and persistent volumes alike. (Source: the volume sources of core validation.) */
public final class StorageSources {
  private static final int MAX_NUMBER = 255;
  private static final int MAX_DRIVER = 63;
  private static final int MAX_PORTAL = 64;
  private static final int MAX_TENANT = 64;

  private static final List<String> HOST_PATH_TYPES =
      List.of("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");

  private static final Pattern IQN = Pattern.compile("iqn\\.\\d{4}-\\d{2}\\.([\\p{Alnum}-.]+)(:[^,;*&$|\\s]+)$");
  private static final Pattern EUI = Pattern.compile("^eui.\\p{Alnum}{16}$");
  private static final Pattern NAA = Pattern.compile("^naa.\\p{Alnum}{32}$");

  /** Members that must not be empty. */
  private static final Map<String, List<String>> REQUIRED =
      Map.ofEntries(
          Map.entry("gcePersistentDisk", List.of("pdName")),
          Map.entry("awsElasticBlockStore", List.of("volumeID")),
          Map.entry("nfs", List.of("server", "path")),
          Map.entry("iscsi", List.of("targetPortal")),
          Map.entry("glusterfs", List.of("endpoints", "path")),
          Map.entry("cinder", List.of("volumeID")),
          Map.entry("flexVolume", List.of("driver")),
          Map.entry("vsphereVolume", List.of("volumePath")),
          Map.entry("azureFile", List.of("secretName", "shareName")),
          Map.entry("azureDisk", List.of("diskName", "diskURI")),
          Map.entry("photonPersistentDisk", List.of("pdID")),
          Map.entry("portworxVolume", List.of("volumeID")),
          Map.entry("scaleIO", List.of("gateway", "system", "volumeName")));

  private StorageSources() {}

  /**
   * Checks one source of a pod's volume.
   *
   * @param type the member that holds it, {@code hostPath} and so on; other types are let pass
   */
  static void inPod(String type, Tree source, FieldPath path, FieldErrors errors) {
    common(type, source, placeOf(type, path), errors);
    switch (type) {
      case "iscsi" -> iscsi(source, "must be valid format starting with iqn, eui, or naa", path, errors);
      case "cinder", "storageos" -> secretName(source, path, errors);
      case "csi" -> {
        driverName(source.string("driver"), path.child("driver"), errors);
        if (source.get("nodePublishSecretRef") instanceof Tree reference
            && Checks.required(reference, "name", path.child("nodePublishSecretRef"), errors)) {
          Checks.dnsSubdomain(reference.string("name"), path.child("name"), errors);
        }
      }
      default -> { }
    }
  }

  /**
   * Checks one source of a persistent volume.
   *
   * @param volume the volume's name
   */
  public static void inVolume(String type, Tree source, String volume, FieldPath path, FieldErrors errors) {
    common(type, source, placeOf(type, path), errors);
    switch (type) {
      case "iscsi" -> {
        if (source.get("initiatorName") != null && (volume + ":" + source.string("targetPortal")).length() > MAX_PORTAL) {
          errors.invalid(path.child("targetportal"), source.string("targetPortal"), portalTooLong());
        }
        iscsi(source, "must be valid format", path, errors);
        secretName(source, path, errors);
      }
      case "cinder", "storageos" -> {
        secretName(source, path, errors);
        if (source.get("secretRef") instanceof Tree reference) {
          Checks.required(reference, "namespace", path.child("secretRef"), errors);
        }
      }
      case "azureFile" -> {
        if (source.get("secretNamespace") instanceof String namespace && namespace.isEmpty()) {
          errors.required(path.child("secretNamespace"), "");
        }
      }
      case "glusterfs" -> endpointsNamespace(source, path, errors);
      case "local" -> {
        if (Checks.required(source, "path", path, errors)) {
          Checks.noBacksteps(source.string("path"), path.child("path"), errors);
        }
      }
      case "csi" -> csi(source, path, errors);
      default -> { }
    }
  }

  /** Native reports one type of disk elsewhere than at its member. */
  private static FieldPath placeOf(String type, FieldPath path) {
    return type.equals("gcePersistentDisk") ? path.parent().child("persistentDisk") : path;
  }

  static String portalTooLong() {
    return "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
  }

  /** Whether the portal of an iSCSI volume is too long beside the volume's name. */
  static boolean isPortalTooLong(String volume, Tree source) {
    return source.get("initiatorName") != null && (volume + ":" + source.string("targetPortal")).length() > MAX_PORTAL;
  }

  private static void common(String type, Tree source, FieldPath path, FieldErrors errors) {
    for (String member : REQUIRED.getOrDefault(type, List.of())) {
      Checks.required(source, member, path, errors);
    }
    switch (type) {
      case "hostPath" -> hostPath(source, path, errors);
      case "gcePersistentDisk", "awsElasticBlockStore" -> {
        long partition = source.integer("partition");
        if (partition < 0 || partition > MAX_NUMBER) {
          errors.invalid(path.child("partition"), partition, Checks.range(1, MAX_NUMBER));
        }
      }
      case "nfs" -> {
        if (!source.string("path").startsWith("/")) {
          errors.invalid(path.child("path"), source.string("path"), "must be an absolute path");
        }
      }
      case "rbd" -> {
        monitors(source, path, errors);
        Checks.required(source, "image", path, errors);
      }
      case "cephfs" -> monitors(source, path, errors);
      case "flocker" -> flocker(source, path, errors);
      case "quobyte" -> quobyte(source, path, errors);
      case "fc" -> fibreChannel(source, path, errors);
      case "flexVolume" -> options(source.tree("options"), path.child("options"), errors);
      case "azureDisk" -> azureDisk(source, path, errors);
      case "storageos" -> {
        if (Checks.required(source, "volumeName", path, errors)) {
          Checks.dnsLabel(source.string("volumeName"), path.child("volumeName"), errors);
        }
        if (!source.string("volumeNamespace").isEmpty()) {
          Checks.dnsLabel(source.string("volumeNamespace"), path.child("volumeNamespace"), errors);
        }
      }
      default -> { }
    }
  }

  private static void monitors(Tree source, FieldPath path, FieldErrors errors) {
    if (source.list("monitors").isEmpty()) {
      errors.required(path.child("monitors"), "");
    }
  }

  private static void hostPath(Tree source, FieldPath path, FieldErrors errors) {
    if (Checks.required(source, "path", path, errors)) {
      Checks.noBacksteps(source.string("path"), path.child("path"), errors);
      Checks.oneOf(source, "type", HOST_PATH_TYPES, path, errors);
    }
  }

  private static void secretName(Tree source, FieldPath path, FieldErrors errors) {
    if (source.get("secretRef") instanceof Tree reference) {
      Checks.required(reference, "name", path.child("secretRef"), errors);
    }
  }

  private static void iscsi(Tree source, String badStart, FieldPath path, FieldErrors errors) {
    if (Checks.required(source, "iqn", path, errors)) {
      initiator(source.string("iqn"), badStart, path.child("iqn"), errors);
    }
    Checks.inRange(source, "lun", 0, MAX_NUMBER, path, errors);
    boolean authenticates = source.bool("chapAuthDiscovery") || source.bool("chapAuthSession");
    if (authenticates && source.get("secretRef") == null) {
      errors.required(path.child("secretRef"), "");
    }
    if (source.get("initiatorName") instanceof String name) {
      initiator(name, badStart, path.child("initiatorname"), errors);
    }
  }

  private static void initiator(String name, String badStart, FieldPath path, FieldErrors errors) {
    Map<String, Pattern> forms = Map.of("iqn", IQN, "eui", EUI, "naa", NAA);
    Pattern form = name.length() < 3 ? null : forms.get(name.substring(0, 3));
    if (form == null) {
      errors.invalid(path, name, badStart);
    } else if (!form.matcher(name).find()) {
      errors.invalid(path, name, "must be valid format");
    }
  }

  private static void flocker(Tree source, FieldPath path, FieldErrors errors) {
    String name = source.string("datasetName");
    if (name.isEmpty() && source.string("datasetUUID").isEmpty()) {
      errors.required(path, "one of datasetName and datasetUUID is required");
    }
    if (!name.isEmpty() && !source.string("datasetUUID").isEmpty()) {
      errors.invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously");
    }
    if (name.contains("/")) {
      errors.invalid(path.child("datasetName"), name, "must not contain '/'");
    }
  }

  private static void quobyte(Tree source, FieldPath path, FieldErrors errors) {
    String pairs = "must be a host:port pair or multiple pairs separated by commas";
    String registry = source.string("registry");
    if (registry.isEmpty()) {
      errors.required(path.child("registry"), pairs);
    } else if (source.string("tenant").length() > MAX_TENANT) {
      errors.required(path.child("tenant"), "must be a UUID and may not exceed a length of 64 characters");
    } else {
      for (String pair : registry.split(",", -1)) {
        if (!isHostAndPort(pair)) {
          errors.invalid(path.child("registry"), registry, pairs);
        }
      }
    }
    Checks.required(source, "volume", path, errors);
  }

  private static boolean isHostAndPort(String pair) {
    return pair.startsWith("[") ? pair.matches("\\[[^\\[\\]]*]:[^:\\[\\]]*") : pair.matches("[^:\\[\\]]*:[^:\\[\\]]*");
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
      Checks.inRange(source, "lun", 0, MAX_NUMBER, path, errors);
    }
  }

  private static void options(Tree options, FieldPath path, FieldErrors errors) {
    for (String key : options.names()) {
      int slash = key.indexOf('/');
      String namespace = "." + (slash < 0 ? key : key.substring(0, slash)).toLowerCase(Locale.ROOT);
      if (namespace.endsWith(".kubernetes.io") || namespace.endsWith(".k8s.io")) {
        errors.invalid(path.key(key), key, "kubernetes.io and k8s.io namespaces are reserved");
      }
    }
  }

  private static void azureDisk(Tree source, FieldPath path, FieldErrors errors) {
    Checks.oneOf(source, "cachingMode", List.of("None", "ReadOnly", "ReadWrite"), path, errors);
    Checks.oneOf(source, "kind", List.of("Dedicated", "Managed", "Shared"), path, errors);
    if (!(source.get("kind") instanceof String kind)) {
      return;
    }
    String uri = source.string("diskURI");
    if (kind.equals("Managed") && !uri.startsWith("/subscriptions/")) {
      errors.notSupported(
          path.child("diskURI"),
          uri,
          List.of("/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"));
    }
    if (!kind.equals("Managed") && !uri.startsWith("https://")) {
      errors.notSupported(
          path.child("diskURI"), uri, List.of("https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"));
    }
  }

  private static void endpointsNamespace(Tree source, FieldPath path, FieldErrors errors) {
    if (source.get("endpointsNamespace") instanceof String namespace) {
      FieldPath at = path.child("endpointsNamespace");
      if (namespace.isEmpty()) {
        errors.invalid(at, namespace, "if the endpointnamespace is set, it must be a valid namespace name");
      } else {
        Checks.dnsLabel(namespace, at, errors);
      }
    }
  }

  private static void csi(Tree source, FieldPath path, FieldErrors errors) {
    driverName(source.string("driver"), path.child("driver"), errors);
    Checks.required(source, "volumeHandle", path, errors);
    List<String> references =
        List.of("controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef");
    for (String member : references) {
      if (source.get(member) instanceof Tree reference) {
        FieldPath at = path.child(member);
        if (Checks.required(reference, "name", at, errors)) {
          Checks.dnsSubdomain(reference.string("name"), at.child("name"), errors);
        }
        if (Checks.required(reference, "namespace", at, errors)) {
          Checks.dnsLabel(reference.string("namespace"), at.child("namespace"), errors);
        }
      }
    }
  }

  private static void driverName(String driver, FieldPath path, FieldErrors errors) {
    if (driver.isEmpty()) {
      errors.required(path, "");
      return;
    }
    if (driver.length() > MAX_DRIVER) {
      errors.tooLong(path, MAX_DRIVER);
    }
    Names.dnsSubdomain(driver.toLowerCase(Locale.ROOT)).forEach(text -> errors.invalid(path, driver, text));
  }
}
