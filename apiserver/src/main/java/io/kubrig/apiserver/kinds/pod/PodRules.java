package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a pod spec and the metadata beside it must look like, in pods and templates. (Source: ValidatePodSpec of core validation.) */
public final class PodRules {
  private static final List<String> DNS_POLICIES = List.of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
  private static final List<String> RESTART_POLICIES = List.of("Always", "OnFailure", "Never");
  private static final int MAX_NAMESERVERS = 3;
  private static final int MAX_HOSTNAME = 64;
  private static final int MAX_SEARCHES = 32;
  private static final int MAX_SEARCH_TEXT = 2048;

  private PodRules() {}

  /** A {@code PodTemplateSpec}. */
  public static void template(Tree template, Scope scope, FieldPath path, FieldErrors errors) {
    Tree metadata = template.tree("metadata");
    Checks.labels(metadata.stringMap("labels"), path.child("labels"), errors);
    MetadataRules.annotations(metadata, path.child("annotations"), errors);
    PodAnnotationRules.check(template, path.child("annotations"), errors);
    spec(template.tree("spec"), scope, path.child("spec"), errors);
    if (!template.tree("spec").list("ephemeralContainers").isEmpty()) {
      errors.forbidden(path.child("spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template");
    }
  }

  static void spec(Tree spec, Scope scope, FieldPath path, FieldErrors errors) {
    spec(spec, Tree.empty(), scope, path, errors);
  }

  /** @param metadata of the pod whose spec it is; empty in templates */
  static void spec(Tree spec, Tree metadata, Scope scope, FieldPath path, FieldErrors errors) {
    Map<String, Tree> volumes =
        VolumeRules.check(spec.trees("volumes"), metadata.string("name"), scope, path.child("volumes"), errors);
    Set<String> claims = new HashSet<>();
    spec.trees("resourceClaims").stream().map(claim -> claim.string("name")).filter(name -> !name.isEmpty()).forEach(claims::add);
    if (metadata.tree("annotations").has(PodUpdateRules.MIRROR)) {
      // native names the field so
      spec.trees("resourceClaims").forEach(_ -> errors.forbidden(FieldPath.of("[]"), "static pods do not support resource claims"));
    } else {
      claims(spec.trees("resourceClaims"), path.child("resourceClaims"), errors);
    }
    ContainerRules containers = new ContainerRules(spec, scope, volumes, claims, errors);
    containers.containers(path.child("containers"));
    containers.initContainers(path.child("initContainers"));
    containers.ephemeralContainers(path.child("ephemeralContainers"));
    ResourceRules.podLevel(spec, claims, path, errors);
    SecurityRules.hostPorts(spec, scope, path.child("containers"), errors);
    Checks.requiredOneOf(spec, "restartPolicy", RESTART_POLICIES, path, errors);
    Checks.requiredOneOf(spec, "dnsPolicy", DNS_POLICIES, path, errors);
    Checks.labels(spec.stringMap("nodeSelector"), path.child("nodeSelector"), errors);
    SecurityRules.pod(spec, path.child("securityContext"), errors);
    SchedulingRules.affinity(spec.tree("affinity"), path.child("affinity"), errors);
    dns(spec, path.child("dnsConfig"), errors);
    readinessGates(spec.trees("readinessGates"), path.child("readinessGates"), errors);
    SchedulingRules.gates(spec.trees("schedulingGates"), path.child("schedulingGates"), errors);
    SchedulingRules.spread(spec.trees("topologySpreadConstraints"), path.child("topologySpreadConstraints"), errors);
    WindowsRules.hostProcess(spec, scope, path, errors);
    SecurityRules.hostUsers(spec, path, errors);
    names(spec, path, errors);
    if (spec.get("preemptionPolicy") != null) {
      Checks.requiredOneOf(spec, "preemptionPolicy", List.of("PreemptLowerPriority", "Never"), path, errors);
    }
    ResourceRules.overhead(spec.tree("overhead"), path.child("overhead"), errors);
    operatingSystem(spec, path, errors);
    EnvironmentRules.fileVolumes(spec, path, errors);
  }

  /** What holds for pods but not for templates. */
  static void onlyOfPods(Tree spec, FieldPath path, FieldErrors errors) {
    List<Tree> volumes = spec.trees("volumes");
    for (int i = 0; i < volumes.size() && spec.string("serviceAccountName").isEmpty(); i++) {
      List<Tree> sources = volumes.get(i).tree("projected").trees("sources");
      for (int j = 0; j < sources.size(); j++) {
        if (sources.get(j).has("serviceAccountToken")) {
          errors.forbidden(
              path.child("volumes").index(i).child("projected", "sources").index(j).child("serviceAccountToken"),
              "must not be specified when serviceAccountName is not set");
        }
      }
    }
    for (String list : List.of("containers", "initContainers")) {
      ContainerRules.images(spec.trees(list), path.child(list), errors);
    }
  }

  private static void claims(List<Tree> claims, FieldPath path, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < claims.size(); i++) {
      Tree claim = claims.get(i);
      FieldPath at = path.index(i);
      String name = claim.string("name");
      if (name.isEmpty()) {
        errors.required(at.child("name"), "");
      } else if (names.contains(name)) {
        errors.duplicate(at.child("name"), name);
      } else {
        Checks.dnsLabel(name, at.child("name"), errors);
        names.add(name);
      }
      Object shown = InternalForm.of("core.PodResourceClaim", claim);
      boolean direct = claim.get("resourceClaimName") != null;
      boolean template = claim.get("resourceClaimTemplateName") != null;
      if (direct && template) {
        errors.invalid(at, shown, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
      }
      if (!direct && !template) {
        errors.invalid(at, shown, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
      }
      for (String member : List.of("resourceClaimName", "resourceClaimTemplateName")) {
        if (claim.get(member) instanceof String reference) {
          Checks.dnsSubdomain(reference, at.child(member), errors);
        }
      }
    }
  }

  /** Names, and what native checks between them. */
  private static void names(Tree spec, FieldPath path, FieldErrors errors) {
    if (spec.get("hostnameOverride") instanceof String name) {
      hostnameOverride(name, spec, path, errors);
    }
    subdomain(spec, "serviceAccountName", path, errors);
    subdomain(spec, "nodeName", path, errors);
    Checks.inRange(spec, "activeDeadlineSeconds", 1, Integer.MAX_VALUE, path, errors);
    for (String member : List.of("hostname", "subdomain")) {
      if (!spec.string(member).isEmpty()) {
        Checks.dnsLabel(spec.string(member), path.child(member), errors);
      }
    }
    SchedulingRules.tolerations(spec.trees("tolerations"), path.child("tolerations"), errors);
    hostAliases(spec.trees("hostAliases"), path.child("hostAliases"), errors);
    subdomain(spec, "priorityClassName", path, errors);
    if (spec.get("runtimeClassName") instanceof String name) {
      Checks.dnsSubdomain(name, path.child("runtimeClassName"), errors);
    }
  }

  private static void subdomain(Tree spec, String member, FieldPath path, FieldErrors errors) {
    if (!spec.string(member).isEmpty()) {
      Checks.dnsSubdomain(spec.string(member), path.child(member), errors);
    }
  }

  private static void hostnameOverride(String name, Tree spec, FieldPath path, FieldErrors errors) {
    FieldPath at = path.child("hostnameOverride");
    if (spec.bool("setHostnameAsFQDN")) {
      errors.forbidden(at, "may not be specified when setHostnameAsFQDN is true");
    }
    if (spec.bool("hostNetwork")) {
      errors.forbidden(at, "may not be specified when hostNetwork is true");
    }
    if (name.length() > MAX_HOSTNAME) {
      errors.tooLong(at, MAX_HOSTNAME);
    }
    Checks.dnsSubdomain(name, at, errors);
  }

  private static void readinessGates(List<Tree> gates, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < gates.size(); i++) {
      Checks.labelName(gates.get(i).string("conditionType"), path.index(i).child("conditionType"), errors);
    }
  }

  private static void hostAliases(List<Tree> aliases, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < aliases.size(); i++) {
      Addresses.lenient(aliases.get(i).string("ip"), path.index(i).child("ip"), errors);
      List<String> names = aliases.get(i).strings("hostnames");
      for (int j = 0; j < names.size(); j++) {
        Checks.dnsSubdomain(names.get(j), path.index(i).child("hostnames").index(j), errors);
      }
    }
  }

  private static void dns(Tree spec, FieldPath path, FieldErrors errors) {
    boolean none = spec.string("dnsPolicy").equals("None");
    if (!(spec.get("dnsConfig") instanceof Tree config)) {
      if (none) {
        errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
      }
      return;
    }
    List<String> servers = config.strings("nameservers");
    if (none && servers.isEmpty()) {
      errors.required(path.child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
      return;
    }
    if (servers.size() > MAX_NAMESERVERS) {
      errors.invalid(path.child("nameservers"), servers, "must not have more than " + MAX_NAMESERVERS + " nameservers");
    }
    for (int i = 0; i < servers.size(); i++) {
      Addresses.lenient(servers.get(i), path.child("nameservers").index(i), errors);
    }
    searches(config.strings("searches"), path.child("searches"), errors);
    List<Tree> options = config.trees("options");
    for (int i = 0; i < options.size(); i++) {
      if (options.get(i).string("name").isEmpty()) {
        errors.required(path.child("options").index(i), "must not be empty");
      }
    }
  }

  private static void searches(List<String> searches, FieldPath path, FieldErrors errors) {
    if (searches.size() > MAX_SEARCHES) {
      errors.invalid(path, searches, "must not have more than " + MAX_SEARCHES + " search paths");
    }
    if (String.join(" ", searches).length() > MAX_SEARCH_TEXT) {
      errors.invalid(path, searches, "must not have more than " + MAX_SEARCH_TEXT + " characters (including spaces) in the search list");
    }
    for (int i = 0; i < searches.size(); i++) {
      String given = searches.get(i);
      String search = given.endsWith(".") ? given.substring(0, given.length() - 1) : given;
      String plain = search.replace('_', 'a');
      if (!given.equals(".") && !io.kubrig.apiserver.validation.Names.isDnsSubdomain(plain)) {
        Checks.dnsSubdomain(search, path.index(i), errors);
      }
    }
  }

  // ---- operating systems ---------------------------------------------------------------------------------------------

  private static void operatingSystem(Tree spec, FieldPath path, FieldErrors errors) {
    if (!(spec.get("os") instanceof Tree system)) {
      return;
    }
    switch (system.string("name")) {
      case "" -> errors.required(path.child("os", "name"), "");
      case "linux" -> linux(spec, path, errors);
      case "windows" -> windows(spec, path, errors);
      default -> errors.notSupported(path.child("os"), system.string("name"), List.of("linux", "windows"));
    }
  }

  private static void linux(Tree spec, FieldPath path, FieldErrors errors) {
    forbid(spec.tree("securityContext"), List.of("windowsOptions"), "windows options cannot be set for a linux pod",
        path.child("securityContext"), errors);
    eachContext(
        spec,
        path,
        (context, at) -> forbid(context, List.of("windowsOptions"), "windows options cannot be set for a linux pod", at, errors));
  }

  private static void windows(Tree spec, FieldPath path, FieldErrors errors) {
    String text = "cannot be set for a windows pod";
    forbid(spec, List.of("hostUsers", "shareProcessNamespace"), text, path, errors);
    for (String namespace : List.of("hostPID", "hostIPC")) {
      if (spec.bool(namespace)) {
        errors.forbidden(path.child(namespace), text);
      }
    }
    forbid(
        spec.tree("securityContext"),
        List.of(
            "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser", "runAsGroup",
            "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy"),
        text,
        path.child("securityContext"),
        errors);
    List<String> ofContainers =
        List.of(
            "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged",
            "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup");
    eachContext(spec, path, (context, at) -> forbid(context, ofContainers, text, at, errors));
  }

  private static void forbid(Tree holder, List<String> members, String text, FieldPath path, FieldErrors errors) {
    for (String member : members) {
      if (holder.get(member) != null) {
        errors.forbidden(path.child(member), text);
      }
    }
  }

  private interface ContextCheck {
    void check(Tree context, FieldPath path);
  }

  private static void eachContext(Tree spec, FieldPath path, ContextCheck check) {
    for (String list : PodDefaults.CONTAINER_LISTS) {
      List<Tree> containers = spec.trees(list);
      for (int i = 0; i < containers.size(); i++) {
        check.check(containers.get(i).tree("securityContext"), path.child(list).index(i).child("securityContext"));
      }
    }
  }
}
