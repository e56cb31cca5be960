package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What security contexts of pods and containers must look like. */
final class SecurityRules {
  private static final String SYSCTL = "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
  private static final int MAX_SYSCTL = 253;
  private static final int MAX_PROFILE = 4095;
  private static final List<String> PROFILE_TYPES = List.of("Localhost", "RuntimeDefault", "Unconfined");

  private SecurityRules() {}

  /** {@code spec.securityContext}. */
  static void pod(Tree spec, FieldPath path, FieldErrors errors) {
    Tree context = spec.tree("securityContext");
    for (String id : List.of("fsGroup", "runAsUser", "runAsGroup")) {
      Checks.id(context, id, path, errors);
    }
    List<Object> groups = context.list("supplementalGroups");
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i) instanceof Long group && !Checks.isId(group)) {
        errors.invalid(path.child("supplementalGroups").index(i), group, Checks.range(0, Integer.MAX_VALUE));
      }
    }
    if (spec.bool("shareProcessNamespace") && spec.bool("hostPID")) {
      errors.invalid(path.child("shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled");
    }
    sysctls(context.trees("sysctls"), spec, path.child("sysctls"), errors);
    Checks.oneOf(context, "fsGroupChangePolicy", List.of("Always", "OnRootMismatch"), path, errors);
    profiles(context, path, errors);
    Checks.oneOf(context, "supplementalGroupsPolicy", List.of("Merge", "Strict"), path, errors);
    Checks.oneOf(context, "seLinuxChangePolicy", List.of("Recursive"), path, errors);
  }

  /** What a pod with users of its own may not have of the host. */
  static void hostUsers(Tree spec, FieldPath path, FieldErrors errors) {
    if (spec.bool("hostUsers", true)) {
      return;
    }
    for (String namespace : List.of("hostNetwork", "hostPID", "hostIPC")) {
      if (spec.bool(namespace)) {
        // native spells the last two as its fields
        String shown = namespace.equals("hostNetwork") ? namespace : "H" + namespace.substring(1);
        errors.forbidden(path.child(shown), "when `hostUsers` is false");
      }
    }
    for (String list : PodDefaults.CONTAINER_LISTS) {
      List<Tree> containers = spec.trees(list);
      for (int i = 0; i < containers.size(); i++) {
        if (!containers.get(i).list("volumeDevices").isEmpty()) {
          errors.forbidden(path.child(list).index(i).child("volumeDevices"), "when `hostUsers` is false");
        }
      }
    }
  }

  /** On the network of the host a container's port is the host's; templates may leave it out. */
  static void hostPorts(Tree spec, Scope scope, FieldPath path, FieldErrors errors) {
    if (!spec.bool("hostNetwork")) {
      return;
    }
    List<Tree> containers = spec.trees("containers");
    for (int i = 0; i < containers.size(); i++) {
      List<Tree> ports = containers.get(i).trees("ports");
      for (int j = 0; j < ports.size(); j++) {
        long host = ports.get(j).integer("hostPort");
        if (host != ports.get(j).integer("containerPort") && (scope.pod() || host != 0)) {
          errors.invalid(path.index(i).child("ports").index(j).child("hostPort"), host,
              "must match `containerPort` when `hostNetwork` is true");
        }
      }
    }
  }

  private static void sysctls(List<Tree> sysctls, Tree spec, FieldPath path, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < sysctls.size(); i++) {
      String name = sysctls.get(i).string("name");
      FieldPath at = path.index(i).child("name");
      if (name.isEmpty()) {
        errors.required(at, "");
      } else if (name.length() > MAX_SYSCTL || !name.matches(SYSCTL)) {
        errors.invalid(at, name, "must have at most " + MAX_SYSCTL + " characters and match regex " + SYSCTL);
      } else if (!seen.add(name.replace('/', '.'))) {
        errors.duplicate(at, name);
      }
      String dotted = name.replace('/', '.');
      if (spec.bool("hostNetwork") && dotted.startsWith("net.")) {
        errors.invalid(at, name, "may not be specified when 'hostNetwork' is true");
      }
      if (spec.bool("hostIPC") && isIpc(dotted)) {
        errors.invalid(at, name, "may not be specified when 'hostIPC' is true");
      }
    }
  }

  private static boolean isIpc(String name) {
    return name.startsWith("kernel.shm") || name.startsWith("kernel.msg") || name.startsWith("fs.mqueue.") || name.equals("kernel.sem");
  }

  static void container(Tree context, Tree spec, Scope scope, FieldPath path, FieldErrors errors) {
    boolean privileged = context.bool("privileged");
    if (privileged && !scope.allowPrivileged()) {
      errors.forbidden(path.child("privileged"), "disallowed by cluster policy");
    }
    Checks.id(context, "runAsUser", path, errors);
    Checks.id(context, "runAsGroup", path, errors);
    Checks.oneOf(context, "procMount", List.of("Default", "Unmasked"), path, errors);
    if (context.string("procMount").equals("Unmasked") && spec.bool("hostUsers", true)) {
      errors.invalid(path.child("procMount"), "Unmasked", "`hostUsers` must be false to use `Unmasked`");
    }
    profiles(context, path, errors);
    if (context.get("allowPrivilegeEscalation") instanceof Boolean escalates && !escalates) {
      Object shown = InternalForm.of("core.SecurityContext", context);
      if (privileged) {
        errors.invalid(path, shown, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
      }
      if (context.tree("capabilities").strings("add").contains("CAP_SYS_ADMIN")) {
        errors.invalid(path, shown, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
      }
    }
  }

  private static void profiles(Tree context, FieldPath path, FieldErrors errors) {
    if (context.get("seccompProfile") instanceof Tree profile) {
      seccomp(profile, path.child("seccompProfile"), errors);
    }
    WindowsRules.options(context, path, errors);
    if (context.get("appArmorProfile") instanceof Tree profile) {
      appArmor(profile, path.child("appArmorProfile"), errors);
    }
  }

  private static void seccomp(Tree profile, FieldPath path, FieldErrors errors) {
    FieldPath local = path.child("localhostProfile");
    String name = profile.string("localhostProfile");
    if (profile.string("type").equals("Localhost")) {
      if (!profile.has("localhostProfile")) {
        errors.required(local, "must be set when seccomp type is Localhost");
      } else {
        Checks.descendingPath(name, local, errors);
      }
      return;
    }
    type(profile, "seccompProfile", path, errors);
    if (profile.has("localhostProfile")) {
      errors.invalid(local, InternalForm.of("core.SeccompProfile", profile), "can only be set when seccomp type is Localhost");
    }
  }

  private static void appArmor(Tree profile, FieldPath path, FieldErrors errors) {
    FieldPath local = path.child("localhostProfile");
    String name = profile.string("localhostProfile");
    if (profile.string("type").equals("Localhost")) {
      if (!name.strip().equals(name)) {
        errors.invalid(local, name, "must not be padded with whitespace");
      } else if (name.isEmpty()) {
        errors.required(local, "must be set when AppArmor type is Localhost");
      }
      if (name.length() > MAX_PROFILE) {
        errors.tooLong(local, MAX_PROFILE);
      }
      return;
    }
    if (profile.has("localhostProfile") && PROFILE_TYPES.contains(profile.string("type"))) {
      errors.invalid(local, name, "can only be set when AppArmor type is Localhost");
    }
    type(profile, "appArmorProfile", path, errors);
  }

  private static void type(Tree profile, String field, FieldPath path, FieldErrors errors) {
    if (profile.string("type").isEmpty()) {
      errors.required(path.child("type"), "type is required when " + field + " is set");
    } else {
      Checks.oneOf(profile, "type", PROFILE_TYPES, path, errors);
    }
  }
}
