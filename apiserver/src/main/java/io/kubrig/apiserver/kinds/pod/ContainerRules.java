package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Ports;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the containers of a pod must look like, each for itself and together. One per spec that is checked.
 */
final class ContainerRules {
  private static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");
  private static final List<String> RESTART_POLICIES = List.of("Always", "Never", "OnFailure");
  private static final int MAX_EXIT_CODES = 255;
  private static final int MAX_RESTART_RULES = 20;

  private final Tree spec;
  private final Scope scope;
  private final Map<String, Tree> volumes;
  private final Set<String> podClaims;
  private final FieldErrors errors;

  /** @param volumes the well-formed ones by name */
  ContainerRules(Tree spec, Scope scope, Map<String, Tree> volumes, Set<String> podClaims, FieldErrors errors) {
    this.spec = spec;
    this.scope = scope;
    this.volumes = volumes;
    this.podClaims = podClaims;
    this.errors = errors;
  }

  void containers(FieldPath path) {
    List<Tree> containers = spec.trees("containers");
    if (containers.isEmpty()) {
      errors.required(path, "");
      return;
    }
    Set<String> names = new HashSet<>();
    Set<String> hostPorts = new HashSet<>();
    for (int i = 0; i < containers.size(); i++) {
      Tree container = containers.get(i);
      FieldPath at = path.index(i);
      common(container, at);
      if (!names.add(container.string("name"))) {
        errors.duplicate(at.child("name"), container.string("name"));
      }
      ProbeRules.all(container, graceSeconds(), at, errors);
      restartPolicy(container, at);
      hostPorts(container, at, hostPorts);
    }
  }

  void initContainers(FieldPath path) {
    Set<String> names = names("containers");
    List<Tree> containers = spec.trees("initContainers");
    for (int i = 0; i < containers.size(); i++) {
      Tree container = containers.get(i);
      FieldPath at = path.index(i);
      common(container, at);
      if (container.get("restartPolicy") != null) {
        restartPolicy(container, at);
      } else if (!container.list("restartPolicyRules").isEmpty()) {
        errors.required(at.child("restartPolicy"), "must specify restartPolicy when restart rules are used");
      }
      if (names.contains(container.string("name"))) {
        errors.duplicate(at.child("name"), container.string("name"));
      } else if (!container.string("name").isEmpty()) {
        names.add(container.string("name"));
      }
      hostPorts(container, path.index(0), new HashSet<>());
      if (PodResources.isSidecar(container)) {
        ProbeRules.all(container, graceSeconds(), at, errors);
        continue;
      }
      for (String member : List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")) {
        if (container.get(member) != null) {
          errors.forbidden(at.child(member), "may not be set for init containers without restartPolicy=Always");
        }
      }
      List<Tree> policies = container.trees("resizePolicy");
      for (int j = 0; j < policies.size(); j++) {
        if (policies.get(j).string("restartPolicy").equals("RestartContainer")) {
          errors.invalid(
              at.child("resizePolicy").index(j).child("restartPolicy"),
              "RestartContainer",
              "must not be set to 'RestartContainer' for non-sidecar initContainers");
        }
      }
    }
  }

  void ephemeralContainers(FieldPath path) {
    Set<String> names = names("containers");
    names.addAll(names("initContainers"));
    Set<String> targets = names("containers");
    targets.addAll(names("initContainers"));
    List<Tree> containers = spec.trees("ephemeralContainers");
    for (int i = 0; i < containers.size(); i++) {
      Tree container = containers.get(i);
      FieldPath at = path.index(i);
      common(container, at);
      if (!names.add(container.string("name"))) {
        errors.duplicate(at.child("name"), container.string("name"));
      }
      String target = container.string("targetContainerName");
      if (!target.isEmpty() && !targets.contains(target)) {
        errors.notFound(at.child("targetContainerName"), target);
      }
      forbiddenForEphemeral(container, at);
    }
  }

  private void forbiddenForEphemeral(Tree container, FieldPath path) {
    List<String> forbidden =
        List.of(
            "ports", "resizePolicy", "restartPolicy", "restartPolicyRules", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle");
    for (String member : forbidden) {
      if (container.given(member) != null) {
        errors.forbidden(path.child(member), "cannot be set for an Ephemeral Container");
      }
    }
    if (!container.tree("resources").givenNames().isEmpty()) {
      errors.forbidden(path.child("resources"), "cannot be set for an Ephemeral Container");
    }
    List<Tree> mounts = container.trees("volumeMounts");
    for (int i = 0; i < mounts.size(); i++) {
      for (String member : List.of("subPath", "subPathExpr")) {
        if (!mounts.get(i).string(member).isEmpty()) {
          errors.forbidden(path.child("volumeMounts").index(i).child(member), "cannot be set for an Ephemeral Container");
        }
      }
    }
  }

  /** A member of a closed set, to which nothing does not belong either. */
  private void member(Tree holder, String name, List<String> supported, FieldPath path) {
    if (!supported.contains(holder.string(name))) {
      errors.notSupported(path.child(name), holder.string(name), supported);
    }
  }

  private Set<String> names(String list) {
    Set<String> names = new HashSet<>();
    spec.trees(list).forEach(container -> names.add(container.string("name")));
    return names;
  }

  /** The images of pods, and of nothing else, are without spaces around them. */
  static void images(List<Tree> containers, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < containers.size(); i++) {
      String image = containers.get(i).string("image");
      if (!image.strip().equals(image)) {
        errors.invalid(path.index(i).child("image"), image, "must not have leading or trailing whitespace");
      }
    }
  }

  private long graceSeconds() {
    return spec.integer("terminationGracePeriodSeconds");
  }

  // ---- one container -------------------------------------------------------------------------------------------------

  private void common(Tree container, FieldPath path) {
    if (Checks.required(container, "name", path, errors)) {
      Checks.dnsLabel(container.string("name"), path.child("name"), errors);
    }
    Checks.required(container, "image", path, errors);
    Checks.requiredOneOf(container, "terminationMessagePolicy", List.of("File", "FallbackToLogsOnError"), path, errors);
    ports(container.trees("ports"), path.child("ports"));
    EnvironmentRules.variables(container.trees("env"), path.child("env"), errors);
    EnvironmentRules.sources(container.trees("envFrom"), path.child("envFrom"), errors);
    MountRules.mounts(container, volumes, path.child("volumeMounts"), errors);
    MountRules.devices(container, volumes, path.child("volumeDevices"), errors);
    Checks.requiredOneOf(container, "imagePullPolicy", PULL_POLICIES, path, errors);
    ResourceRules.container(container.tree("resources"), podClaims, path.child("resources"), errors);
    ResourceRules.resizePolicies(container.trees("resizePolicy"), spec.string("restartPolicy"), path.child("resizePolicy"), errors);
    if (container.get("securityContext") instanceof Tree context) {
      SecurityRules.container(context, spec, scope, path.child("securityContext"), errors);
    }
  }

  private void ports(List<Tree> ports, FieldPath path) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      Tree port = ports.get(i);
      FieldPath at = path.index(i);
      String name = port.string("name");
      if (!name.isEmpty()) {
        List<String> wrong = Ports.name(name);
        wrong.forEach(text -> errors.invalid(at.child("name"), name, text));
        if (wrong.isEmpty() && !names.add(name)) {
          errors.duplicate(at.child("name"), name);
        }
      }
      long number = port.integer("containerPort");
      if (number == 0) {
        errors.required(at.child("containerPort"), "");
      } else {
        Ports.number(number).forEach(text -> errors.invalid(at.child("containerPort"), number, text));
      }
      long host = port.integer("hostPort");
      if (host != 0) {
        Ports.number(host).forEach(text -> errors.invalid(at.child("hostPort"), host, text));
      }
      Checks.requiredOneOf(port, "protocol", List.of("SCTP", "TCP", "UDP"), at, errors);
    }
  }

  /** Adds a container's ports on the host to those that are taken. */
  private void hostPorts(Tree container, FieldPath path, Set<String> taken) {
    List<Tree> ports = container.trees("ports");
    for (int i = 0; i < ports.size(); i++) {
      Tree port = ports.get(i);
      if (port.integer("hostPort") == 0) {
        continue;
      }
      String key = port.string("protocol") + "/" + port.string("hostIP") + "/" + port.integer("hostPort");
      if (!taken.add(key)) {
        errors.duplicate(path.child("ports").index(i).child("hostPort"), key);
      }
    }
  }

  private void restartPolicy(Tree container, FieldPath path) {
    List<Tree> rules = container.trees("restartPolicyRules");
    if (container.get("restartPolicy") != null) {
      Checks.oneOf(container, "restartPolicy", RESTART_POLICIES, path, errors);
    } else if (!rules.isEmpty()) {
      errors.required(path.child("restartPolicy"), "must specify restartPolicy when restart rules are used");
    }
    if (rules.size() > MAX_RESTART_RULES) {
      errors.tooMany(path.child("restartPolicyRules"), rules.size(), MAX_RESTART_RULES);
    }
    for (int i = 0; i < rules.size(); i++) {
      Tree rule = rules.get(i);
      FieldPath at = path.child("restartPolicyRules").index(i);
      member(rule, "action", List.of("Restart", "RestartAllContainers"), at);
      if (rule.get("exitCodes") instanceof Tree codes) {
        member(codes, "operator", List.of("In", "NotIn"), at.child("exitCodes"));
        if (codes.list("values").size() > MAX_EXIT_CODES) {
          errors.tooMany(at.child("exitCodes", "values"), codes.list("values").size(), MAX_EXIT_CODES);
        }
      } else {
        errors.required(at.child("exitCodes"), "must be specified");
      }
    }
  }
}
