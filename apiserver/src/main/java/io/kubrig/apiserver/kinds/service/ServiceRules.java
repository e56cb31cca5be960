package io.kubrig.apiserver.kinds.service;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Ports;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the spec of a Service must look like, addresses and families excepted. (Source: ValidateService of core validation.) */
final class ServiceRules {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final long KUBELET_PORT = 10_250;
  private static final long MAX_AFFINITY_SECONDS = 86_400;
  private static final String RANGES_ANNOTATION = "service.beta.kubernetes.io/load-balancer-source-ranges";
  private static final String BALANCERS_ONLY = "may only be used when `type` is 'LoadBalancer'";
  private static final List<String> TYPES = List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  static final List<String> POLICIES = List.of("Cluster", "Local");
  private static final List<String> DISTRIBUTIONS = List.of("PreferClose", "PreferSameZone", "PreferSameNode");

  private final Tree service;
  private final Tree spec;
  private final String type;
  private final FieldErrors errors;

  private ServiceRules(Tree service, FieldErrors errors) {
    this.service = service;
    this.spec = service.tree("spec");
    this.type = spec.string("type");
    this.errors = errors;
  }

  static void check(Tree service, FieldErrors errors) {
    ServiceRules rules = new ServiceRules(service, errors);
    rules.byType();
    rules.ports();
    MetadataRules.labels(rules.spec.stringMap("selector"), SPEC.child("selector"), errors);
    rules.affinity();
    ServiceFamilies.check(rules.spec, errors);
    rules.externalAddresses();
    if (rules.type.isEmpty()) {
      errors.required(SPEC.child("type"), "");
    } else if (!TYPES.contains(rules.type)) {
      errors.notSupported(SPEC.child("type"), rules.type, TYPES);
    }
    rules.sourceRanges();
    rules.balancer();
    rules.trafficPolicies();
  }

  private void byType() {
    if (spec.list("ports").isEmpty() && !ServiceShape.isHeadless(spec) && !ServiceShape.isExternalName(spec)) {
      errors.required(SPEC.child("ports"), "");
    }
    switch (type) {
      case "LoadBalancer", "NodePort" -> {
        if (type.equals("LoadBalancer")) {
          kubeletPort();
        }
        if (ServiceShape.isHeadless(spec)) {
          errors.invalid(SPEC.child("clusterIPs").index(0), ServiceShape.NONE, "may not be set to 'None' for " + type + " services");
        }
      }
      case "ExternalName" -> externalName();
      default -> { }
    }
  }

  private void kubeletPort() {
    List<Tree> ports = spec.trees("ports");
    for (int i = 0; i < ports.size(); i++) {
      if (ports.get(i).integer("port") == KUBELET_PORT) {
        errors.invalid(
            SPEC.child("ports").index(i).child("port"), KUBELET_PORT,
            "may not expose port " + KUBELET_PORT + " externally since it is used by kubelet");
      }
    }
  }

  private void externalName() {
    String unwanted = "may not be set for ExternalName services";
    if (!spec.list("clusterIPs").isEmpty()) {
      errors.forbidden(SPEC.child("clusterIPs"), unwanted);
    }
    if (!spec.list("ipFamilies").isEmpty()) {
      errors.forbidden(SPEC.child("ipFamilies"), unwanted);
    }
    if (spec.get("ipFamilyPolicy") != null) {
      errors.forbidden(SPEC.child("ipFamilyPolicy"), unwanted);
    }
    String name = spec.string("externalName");
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (bare.isEmpty()) {
      errors.required(SPEC.child("externalName"), "");
    } else {
      Names.dnsSubdomain(bare).forEach(text -> errors.invalid(SPEC.child("externalName"), bare, text));
    }
  }

  private void ports() {
    List<Tree> ports = spec.trees("ports");
    Set<String> names = new HashSet<>();
    Set<String> used = new HashSet<>();
    Set<String> usedOnNodes = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      Tree port = ports.get(i);
      FieldPath path = SPEC.child("ports").index(i);
      port(port, ports.size() > 1, names, path);
      long node = port.integer("nodePort");
      String protocol = port.string("protocol");
      if (node != 0 && type.equals("ClusterIP")) {
        errors.forbidden(path.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
      } else if (node != 0 && !usedOnNodes.add(protocol + node)) {
        errors.duplicate(path.child("nodePort"), node);
      }
      if (!used.add(protocol + port.integer("port"))) {
        errors.add("FieldValueDuplicate", path, "Duplicate value: " + shown(protocol, port.integer("port")));
      }
    }
  }

  /** A port as native's message shows it: its type with all but protocol and port left out. */
  private static String shown(String protocol, long port) {
    return "{\"Name\":\"\",\"Protocol\":\"" + protocol + "\",\"AppProtocol\":null,\"Port\":" + port + ",\"TargetPort\":0,\"NodePort\":0}";
  }

  private void port(Tree port, boolean needsName, Set<String> names, FieldPath path) {
    String name = port.string("name");
    if (name.isEmpty() && needsName) {
      errors.required(path.child("name"), "");
    } else if (!name.isEmpty()) {
      Names.dnsLabel(name).forEach(text -> errors.invalid(path.child("name"), name, text));
      if (!names.add(name)) {
        errors.duplicate(path.child("name"), name);
      }
    }
    long number = port.integer("port");
    Ports.number(number).forEach(text -> errors.invalid(path.child("port"), number, text));
    String protocol = port.string("protocol");
    if (protocol.isEmpty()) {
      errors.required(path.child("protocol"), "");
    } else if (!PROTOCOLS.contains(protocol)) {
      errors.notSupported(path.child("protocol"), protocol, PROTOCOLS);
    }
    Ports.numberOrName(port, "targetPort").forEach(text -> errors.invalid(path.child("targetPort"), port.get("targetPort"), text));
    if (port.get("appProtocol") != null) {
      String application = port.string("appProtocol");
      Names.qualifiedName(application).forEach(text -> errors.invalid(path.child("appProtocol"), application, text));
    }
  }

  private void affinity() {
    FieldPath path = SPEC.child("sessionAffinity");
    FieldPath config = SPEC.child("sessionAffinityConfig");
    switch (spec.string("sessionAffinity")) {
      case "" -> errors.required(path, "");
      case "ClientIP" -> {
        Tree client = spec.tree("sessionAffinityConfig").tree("clientIP");
        long seconds = client.integer("timeoutSeconds");
        if (client.get("timeoutSeconds") == null) {
          errors.required(config, "when session affinity type is ClientIP");
        } else if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
          errors.invalid(config.child("clientIP", "timeoutSeconds"), seconds,
              "must be greater than 0 and less than " + MAX_AFFINITY_SECONDS);
        }
      }
      case "None" -> {
        if (spec.get("sessionAffinityConfig") != null) {
          errors.forbidden(config, "must not be set when session affinity is None");
        }
      }
      default -> errors.notSupported(path, spec.string("sessionAffinity"), List.of("ClientIP", "None"));
    }
  }

  private void externalAddresses() {
    List<String> addresses = spec.strings("externalIPs");
    for (int i = 0; i < addresses.size(); i++) {
      FieldPath path = SPEC.child("externalIPs").index(i);
      String address = addresses.get(i);
      if (Addresses.lenient(address, path, errors).isPresent()) {
        Addresses.reachable(address, path, errors);
      }
    }
  }

  private void sourceRanges() {
    boolean balanced = type.equals("LoadBalancer");
    List<String> ranges = spec.strings("loadBalancerSourceRanges");
    Map<String, String> annotations = service.tree("metadata").stringMap("annotations");
    if (!ranges.isEmpty()) {
      FieldPath path = SPEC.child("LoadBalancerSourceRanges");
      if (!balanced) {
        errors.forbidden(path, BALANCERS_ONLY);
      }
      for (int i = 0; i < ranges.size(); i++) {
        Addresses.lenientCidr(ranges.get(i).strip(), path.index(i), errors);
      }
    } else if (annotations.containsKey(RANGES_ANNOTATION)) {
      FieldPath path = FieldPath.of("metadata", "annotations").key(RANGES_ANNOTATION);
      if (!balanced) {
        errors.forbidden(path, BALANCERS_ONLY);
      }
      String value = annotations.get(RANGES_ANNOTATION).strip();
      for (String range : value.isEmpty() ? new String[0] : value.split(",", -1)) {
        Addresses.lenientCidr(range.strip(), path, errors);
      }
    }
  }

  private void balancer() {
    boolean balanced = type.equals("LoadBalancer");
    FieldPath allocates = SPEC.child("allocateLoadBalancerNodePorts");
    if (spec.get("allocateLoadBalancerNodePorts") != null && !balanced) {
      errors.forbidden(allocates, BALANCERS_ONLY);
    }
    if (spec.get("allocateLoadBalancerNodePorts") == null && balanced) {
      errors.required(allocates, "");
    }
    balancerClass(spec, errors);
  }

  static void balancerClass(Tree spec, FieldErrors errors) {
    if (!(spec.get("loadBalancerClass") instanceof String name)) {
      return;
    }
    if (spec.string("type").equals("LoadBalancer")) {
      Names.qualifiedName(name).forEach(text -> errors.invalid(SPEC.child("loadBalancerClass"), name, text));
    } else {
      errors.forbidden(SPEC.child("loadBalancerClass"), BALANCERS_ONLY);
    }
  }

  private void trafficPolicies() {
    String external = spec.string("externalTrafficPolicy");
    FieldPath path = SPEC.child("externalTrafficPolicy");
    boolean outside = ServiceShape.isReachableFromOutside(spec);
    if (!external.isEmpty() && !outside) {
      errors.invalid(path, external, "may only be set for externally-accessible services");
    } else if (external.isEmpty() && outside) {
      errors.required(path, "");
    } else if (!external.isEmpty() && !POLICIES.contains(external)) {
      errors.notSupported(path, external, POLICIES);
    }
    long health = spec.integer("healthCheckNodePort");
    FieldPath healthPath = SPEC.child("healthCheckNodePort");
    if (health != 0 && !ServiceShape.needsHealthCheckPort(spec)) {
      errors.invalid(healthPath, health, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
    } else if (health != 0) {
      Ports.number(health).forEach(text -> errors.invalid(healthPath, health, text));
    }
    String internal = spec.string("internalTrafficPolicy");
    if (spec.get("internalTrafficPolicy") == null) {
      if (ServiceShape.hasClusterIp(spec)) {
        errors.required(SPEC.child("internalTrafficPolicy"), "");
      }
    } else if (!POLICIES.contains(internal)) {
      errors.notSupported(SPEC.child("internalTrafficPolicy"), internal, POLICIES);
    }
    String distribution = spec.string("trafficDistribution");
    if (spec.get("trafficDistribution") != null && !DISTRIBUTIONS.contains(distribution)) {
      errors.notSupported(SPEC.child("trafficDistribution"), distribution, DISTRIBUTIONS);
    }
  }
}
