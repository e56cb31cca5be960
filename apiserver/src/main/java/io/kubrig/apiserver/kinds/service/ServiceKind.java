package io.kubrig.apiserver.kinds.service;

import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Reservation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Services: their addresses and node ports are taken as part of the write. */
public final class ServiceKind implements Kind {
  private static final FieldPath INGRESS = FieldPath.of("status", "loadBalancer", "ingress");
  private static final String NONE = "<none>";

  private static final TableColumns COLUMNS =
      Columns.of(
          ServiceKind::row,
          Columns.NAME,
          Columns.text("Type", "type determines how the Service is exposed."),
          Columns.text("Cluster-IP", "clusterIP is the IP address of the service and is usually assigned randomly."),
          Columns.text("External-IP", "The external addresses: of a load balancer, or those that are configured."),
          Columns.text("Port(s)", "The list of ports that are exposed by this service."),
          Columns.AGE,
          Columns.wide("Selector", "Route service traffic to pods with label keys and values matching this selector."));

  private final LiveCluster cluster;
  private final ClusterAddresses addresses;
  private final NodePorts ports;
  private final PortRepair repair;

  public ServiceKind(LiveCluster cluster) {
    this.cluster = cluster;
    addresses = new ClusterAddresses(cluster);
    ports = new NodePorts(cluster);
    repair = new PortRepair(cluster, ports);
  }

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  @Override
  public NameRule nameRule() {
    // since 1.34 (RelaxedServiceNameValidation) names may begin with a digit where the gate is on; it is off by default
    return NameRule.DNS_LABEL;
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public boolean countsGenerations() {
    return false;
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    ServiceDefaults.apply(object);
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    ServiceUpdates.dropInternalPolicy(object.need("spec"));
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    ServiceUpdates.dropUnneeded(object.need("spec"), old.tree("spec"));
    ServiceUpdates.dropInternalPolicy(object.need("spec"));
    if (!object.tree("spec").string("type").equals("LoadBalancer")) {
      object.need("status").set("loadBalancer", new Tree());
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    ServiceRules.check(object, errors);
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Tree before = old.tree("spec");
    ServiceFamilies.checkUpdate(spec, before, errors);
    boolean balanced = spec.string("type").equals("LoadBalancer") && before.string("type").equals("LoadBalancer");
    if (balanced && !spec.string("loadBalancerClass").equals(before.string("loadBalancerClass"))) {
      errors.invalid(FieldPath.of("spec", "loadBalancerClass"), spec.get("loadBalancerClass"), "may not change once set");
    }
    ServiceRules.balancerClass(spec, errors); // native checks it twice
    if (ServiceShape.needsHealthCheckPort(spec) && ServiceShape.needsHealthCheckPort(before)
        && spec.integer("healthCheckNodePort") != before.integer("healthCheckNodePort")) {
      errors.forbidden(FieldPath.of("spec", "healthCheckNodePort"), "field is immutable");
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    List<Tree> points = object.tree("status").tree("loadBalancer").trees("ingress");
    if (!points.isEmpty() && !object.tree("spec").string("type").equals("LoadBalancer")) {
      errors.forbidden(INGRESS, "may only be used when `spec.type` is 'LoadBalancer'");
      return;
    }
    for (int i = 0; i < points.size(); i++) {
      loadBalancerPoint(points.get(i), INGRESS.index(i), errors);
    }
  }

  private static void loadBalancerPoint(Tree point, FieldPath path, FieldErrors errors) {
    String ip = point.string("ip");
    String host = point.string("hostname");
    if (!ip.isEmpty()) {
      Addresses.lenient(ip, path.child("ip"), errors);
    }
    if (!ip.isEmpty() && point.get("ipMode") == null) {
      errors.required(path.child("ipMode"), "must be specified when `ip` is set");
    } else if (ip.isEmpty() && point.get("ipMode") != null) {
      errors.forbidden(path.child("ipMode"), "may not be specified when `ip` is not set");
    } else if (point.get("ipMode") != null && !List.of("Proxy", "VIP").contains(point.string("ipMode"))) {
      errors.notSupported(path.child("ipMode"), point.string("ipMode"), List.of("Proxy", "VIP"));
    }
    if (!host.isEmpty()) {
      Names.dnsSubdomain(host).forEach(text -> errors.invalid(path.child("hostname"), host, text));
      if (io.kubrig.machinery.network.IpAddress.parse(host).isPresent()) {
        errors.invalid(path.child("hostname"), host, "must be a DNS name, not an IP address");
      }
    }
  }

  @Override
  public Reservation allocate(Tree object, Tree old, Operation operation) {
    if (!operation.subresource().isEmpty()) {
      return Reservation.NONE;
    }
    if (old == null) {
      ServiceUpdates.normalise(object.need("spec"));
    } else {
      ServiceUpdates.keep(object.need("spec"), old.tree("spec"));
    }
    return ServiceAllocation.of(addresses, ports, object, old, operation.dryRun());
  }

  @Override
  public void released(Tree object) {
    Tree spec = object.tree("spec");
    Tree metadata = object.tree("metadata");
    ClusterAddresses.Owner owner = new ClusterAddresses.Owner(metadata.string("namespace"), metadata.string("name"));
    ServiceShape.heldAddresses(spec).forEach(address -> addresses.release(address, owner));
    ports.release(ServiceShape.heldPorts(spec));
  }

  /** Brings what is taken in line with the services that there are: part of a start, and again from time to time. */
  public void repair() {
    repair.run();
    for (Tree service : cluster.list("", "services", "")) {
      Tree metadata = service.tree("metadata");
      ClusterAddresses.Owner owner = new ClusterAddresses.Owner(metadata.string("namespace"), metadata.string("name"));
      ServiceShape.heldAddresses(service.tree("spec")).forEach(address -> addresses.restore(address, owner));
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    Tree spec = object.tree("spec");
    List<String> warnings = new ArrayList<>();
    List<String> external = spec.strings("externalIPs");
    if (ServiceShape.isHeadless(spec)) {
      if (!spec.string("loadBalancerIP").isEmpty()) {
        warnings.add("spec.loadBalancerIP is ignored for headless services");
      }
      if (!external.isEmpty()) {
        warnings.add("spec.externalIPs is ignored for headless services");
      }
      if (!spec.string("sessionAffinity").equals("None")) {
        warnings.add("spec.SessionAffinity is ignored for headless services");
      }
    } else {
      for (int i = 0; i < spec.list("clusterIPs").size(); i++) {
        warnings.addAll(Addresses.warnings(spec.strings("clusterIPs").get(i), "spec.clusterIPs[" + i + "]"));
      }
      if (!external.isEmpty()) {
        warnings.add("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
      }
    }
    for (int i = 0; i < external.size(); i++) {
      warnings.addAll(Addresses.warnings(external.get(i), "spec.externalIPs[" + i + "]"));
    }
    warnings.addAll(Addresses.warnings(spec.string("loadBalancerIP"), "spec.loadBalancerIP"));
    List<String> ranges = spec.strings("loadBalancerSourceRanges");
    for (int i = 0; i < ranges.size(); i++) {
      warnings.addAll(Addresses.cidrWarnings(ranges.get(i), "spec.loadBalancerSourceRanges[" + i + "]"));
    }
    boolean named = spec.string("type").equals("ExternalName");
    if (named && !external.isEmpty()) {
      warnings.add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
    }
    if (!named && !spec.string("externalName").isEmpty()) {
      warnings.add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
    }
    if (spec.string("trafficDistribution").equals("PreferClose")) {
      warnings.add("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
    }
    return warnings;
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    Tree spec = object.tree("spec");
    return Map.of("spec.clusterIP", spec.string("clusterIP"), "spec.type", spec.string("type"));
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of("spec.clusterIP", "spec.type");
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree service, Instant now) {
    Tree spec = service.tree("spec");
    List<String> ips = spec.strings("clusterIPs");
    return Columns.row(
        Columns.name(service),
        spec.string("type"),
        ips.isEmpty() ? NONE : ips.getFirst(),
        externalAddress(service, spec),
        ports(spec),
        Columns.age(service, now),
        Columns.pairs(spec.stringMap("selector")));
  }

  private static String externalAddress(Tree service, Tree spec) {
    List<String> external = spec.strings("externalIPs");
    return switch (spec.string("type")) {
      case "ClusterIP", "NodePort" -> external.isEmpty() ? NONE : String.join(",", external);
      case "LoadBalancer" -> {
        String balancer = balancerAddresses(service);
        if (!external.isEmpty()) {
          yield balancer.isEmpty() ? String.join(",", external) : balancer + "," + String.join(",", external);
        }
        yield balancer.isEmpty() ? "<pending>" : balancer;
      }
      case "ExternalName" -> spec.string("externalName");
      default -> "<unknown>";
    };
  }

  private static String balancerAddresses(Tree service) {
    Set<String> found = new TreeSet<>();
    for (Tree point : service.tree("status").tree("loadBalancer").trees("ingress")) {
      if (!point.string("ip").isEmpty()) {
        found.add(point.string("ip"));
      } else if (!point.string("hostname").isEmpty()) {
        found.add(point.string("hostname"));
      }
    }
    return String.join(",", found);
  }

  private static String ports(Tree spec) {
    List<String> shown = new ArrayList<>();
    for (Tree port : spec.trees("ports")) {
      String node = port.integer("nodePort") > 0 ? ":" + port.integer("nodePort") : "";
      shown.add(port.integer("port") + node + "/" + port.string("protocol"));
    }
    return shown.isEmpty() ? NONE : String.join(",", shown);
  }
}
