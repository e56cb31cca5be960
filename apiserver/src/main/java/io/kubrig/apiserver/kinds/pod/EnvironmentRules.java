package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What environment variables, and references to fields of the pod wherever they stand, must look like. */
final class EnvironmentRules {
  private static final List<String> FIELDS_FOR_VARIABLES =
      List.of(
          "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
              "status.hostIPs",
          "status.podIP", "status.podIPs");
  static final List<String> FIELDS_FOR_FILES =
      List.of("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid");
  private static final Set<String> KNOWN_FIELDS =
      Set.of(
          "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
          "spec.restartPolicy", "spec.serviceAccountName", "spec.schedulerName", "status.phase", "status.hostIP", "status.hostIPs",
          "status.podIP", "status.podIPs", "spec.host");
  private static final List<String> RESOURCES =
      List.of(
          "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory");
  private static final Set<String> CPU_DIVISORS = Set.of("1m", "1");
  private static final Set<String> BYTE_DIVISORS =
      Set.of("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei");

  private EnvironmentRules() {}

  static void variables(List<Tree> variables, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < variables.size(); i++) {
      Tree variable = variables.get(i);
      FieldPath at = path.index(i);
      String name = variable.string("name");
      if (name.isEmpty()) {
        errors.required(at.child("name"), "");
      } else {
        Checks.variableName(name).forEach(text -> errors.invalid(at.child("name"), name, text));
      }
      if (variable.get("valueFrom") instanceof Tree source) {
        source(variable, source, at.child("valueFrom"), errors);
      }
    }
  }

  private static void source(Tree variable, Tree source, FieldPath path, FieldErrors errors) {
    int sources = 0;
    if (source.get("fieldRef") instanceof Tree reference) {
      sources++;
      field(reference, FIELDS_FOR_VARIABLES, path.child("fieldRef"), errors);
    }
    if (source.get("resourceFieldRef") instanceof Tree reference) {
      sources++;
      resource(reference, false, path.child("resourceFieldRef"), errors);
    }
    for (String type : List.of("configMapKeyRef", "secretKeyRef")) {
      if (source.get(type) instanceof Tree reference) {
        sources++;
        key(reference, path.child(type), errors);
      }
    }
    if (source.get("fileKeyRef") instanceof Tree reference) {
      sources++;
      file(reference, path.child("fileKeyRef"), errors);
    }
    if (sources == 0) {
      errors.invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
    } else if (!variable.string("value").isEmpty()) {
      errors.invalid(path, "", "may not be specified when `value` is not empty");
    } else if (sources > 1) {
      errors.invalid(path, "", "may not have more than one field specified at a time");
    }
  }

  private static void key(Tree reference, FieldPath path, FieldErrors errors) {
    Checks.dnsSubdomain(reference.string("name"), path.child("name"), errors);
    if (Checks.required(reference, "key", path, errors)) {
      String key = reference.string("key");
      Checks.dataKey(key).forEach(text -> errors.invalid(path.child("key"), key, text));
    }
  }

  /** Files of variables come from volumes of the pod that are directories of its own. */
  static void fileVolumes(Tree spec, FieldPath path, FieldErrors errors) {
    for (String list : PodDefaults.CONTAINER_LISTS) {
      List<Tree> containers = spec.trees(list);
      for (int i = 0; i < containers.size(); i++) {
        List<Tree> variables = containers.get(i).trees("env");
        for (int j = 0; j < variables.size(); j++) {
          if (variables.get(j).tree("valueFrom").get("fileKeyRef") instanceof Tree reference) {
            FieldPath at = path.child(list).index(i).child("env").index(j).child("valueFrom", "fileKeyRef", "volumeName");
            fileVolume(reference.string("volumeName"), spec.trees("volumes"), at, errors);
          }
        }
      }
    }
  }

  private static void fileVolume(String name, List<Tree> volumes, FieldPath path, FieldErrors errors) {
    List<Tree> named = volumes.stream().filter(volume -> volume.string("name").equals(name)).toList();
    if (named.isEmpty()) {
      errors.notFound(path, name);
    } else if (named.getLast().get("emptyDir") == null) {
      errors.invalid(path, name, "referenced volume must be of type emptyDir");
    }
  }

  private static void file(Tree reference, FieldPath path, FieldErrors errors) {
    if (Checks.required(reference, "key", path, errors)) {
      String key = reference.string("key");
      Checks.variableName(key).forEach(text -> errors.invalid(path.child("key"), key, text));
    }
    if (Checks.required(reference, "volumeName", path, errors)) {
      Checks.dnsLabel(reference.string("volumeName"), path.child("volumeName"), errors);
    }
    if (Checks.required(reference, "path", path, errors)) {
      Checks.noBacksteps(reference.string("path"), path.child("path"), errors);
    }
  }

  static void sources(List<Tree> sources, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < sources.size(); i++) {
      Tree source = sources.get(i);
      FieldPath at = path.index(i);
      String prefix = source.string("prefix");
      if (!prefix.isEmpty()) {
        Checks.variableName(prefix).forEach(text -> errors.invalid(at.child("prefix"), prefix, text));
      }
      int given = 0;
      for (String type : List.of("configMapRef", "secretRef")) {
        if (source.get(type) instanceof Tree reference) {
          given++;
          if (Checks.required(reference, "name", at.child(type), errors)) {
            String name = reference.string("name");
            NameRule.DNS_SUBDOMAIN.check(name, true).forEach(text -> errors.invalid(at.child(type, "name"), name, text));
          }
        }
      }
      if (given == 0) {
        errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
      } else if (given > 1) {
        errors.invalid(path, "", "may not have more than one field specified at a time");
      }
    }
  }

  // ---- references to the pod itself ----------------------------------------------------------------------------------

  static void field(Tree reference, List<String> allowed, FieldPath path, FieldErrors errors) {
    if (!Checks.required(reference, "apiVersion", path, errors) || !Checks.required(reference, "fieldPath", path, errors)) {
      return;
    }
    String version = reference.string("apiVersion");
    String field = reference.string("fieldPath");
    int bracket = field.indexOf("['");
    boolean subscripted = bracket > 0 && field.endsWith("']");
    String base = subscripted ? field.substring(0, bracket) : field;
    String trouble = "";
    if (!version.equals("v1")) {
      trouble = "unsupported pod version: " + version;
    } else if (subscripted && !base.equals("metadata.annotations") && !base.equals("metadata.labels")) {
      trouble = "field label does not support subscript: " + field;
    } else if (!subscripted && !KNOWN_FIELDS.contains(field)) {
      trouble = "field label not supported: " + field;
    }
    if (!trouble.isEmpty()) {
      errors.invalid(path.child("fieldPath"), field, "error converting fieldPath: " + trouble);
      return;
    }
    if (subscripted) {
      String key = field.substring(bracket + 2, field.length() - 2);
      String checked = base.equals("metadata.annotations") ? key.toLowerCase(Locale.ROOT) : key;
      Names.qualifiedName(checked).forEach(text -> errors.invalid(path, key, text));
    } else if (!allowed.contains(field.equals("spec.host") ? "spec.nodeName" : field)) {
      errors.notSupported(path.child("fieldPath"), field, allowed);
    }
  }

  /** @param ofVolume whether the container must be named */
  static void resource(Tree reference, boolean ofVolume, FieldPath path, FieldErrors errors) {
    String resource = reference.string("resource");
    boolean huge = resource.startsWith("limits.hugepages-") || resource.startsWith("requests.hugepages-");
    if (ofVolume && reference.string("containerName").isEmpty()) {
      errors.required(path.child("containerName"), "");
    } else if (resource.isEmpty()) {
      errors.required(path.child("resource"), "");
    } else if (!RESOURCES.contains(resource) && !huge) {
      errors.notSupported(path.child("resource"), resource, RESOURCES);
    }
    divisor(resource, reference, path.child("divisor"), errors);
  }

  private static void divisor(String resource, Tree reference, FieldPath path, FieldErrors errors) {
    String divisor = ResourceAmounts.amount(reference.get("divisor")).filter(amount -> !amount.isZero()).map(Quantity::toString).orElse("");
    if (divisor.isEmpty()) {
      return;
    }
    String name = resource.substring(resource.indexOf('.') + 1);
    if (!RESOURCES.contains(resource) && !name.startsWith("hugepages-")) {
      return;
    }
    if (name.equals("cpu")) {
      if (!CPU_DIVISORS.contains(divisor)) {
        errors.invalid(path, resource, "only divisor's values 1m and 1 are supported with the cpu resource");
      }
      return;
    }
    String kind = name.startsWith("hugepages-") ? "hugepages" : name.equals("ephemeral-storage") ? "local ephemeral storage" : name;
    if (!BYTE_DIVISORS.contains(divisor) && !kind.isEmpty()) {
      errors.invalid(
          path,
          resource,
          "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the " + kind + " resource");
    }
  }
}
