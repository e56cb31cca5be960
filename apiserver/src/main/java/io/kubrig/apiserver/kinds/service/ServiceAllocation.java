package io.kubrig.apiserver.kinds.service;

import io.kubrig.apiserver.registry.Reservation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What one write of one Service takes and gives back: addresses and node ports. (Source: core/service/storage/alloc.go.) */
final class ServiceAllocation implements Reservation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int DRY_RUN_BASE = 32_768;

  private final ClusterAddresses addresses;
  private final NodePorts ports;
  private final Tree spec;
  private final Tree old;
  private final String namespace;
  private final String name;
  private final boolean dryRun;
  private final List<String> takenAddresses = new ArrayList<>();
  private final List<Integer> takenPorts = new ArrayList<>();

  /** @param old the spec before, empty on create */
  private ServiceAllocation(ClusterAddresses addresses, NodePorts ports, Tree service, Tree old, boolean dryRun) {
    this.addresses = addresses;
    this.ports = ports;
    this.spec = service.need("spec");
    this.old = old;
    this.namespace = service.tree("metadata").string("namespace");
    this.name = service.tree("metadata").string("name");
    this.dryRun = dryRun;
  }

  /** Fills in what a service needs; what has been taken is given back before a failure is thrown. */
  static Reservation of(ClusterAddresses addresses, NodePorts ports, Tree service, Tree old, boolean dryRun) {
    ServiceAllocation allocation = new ServiceAllocation(addresses, ports, service, old == null ? Tree.empty() : old.tree("spec"), dryRun);
    try {
      allocation.settle(old != null);
      return allocation;
    } catch (RuntimeException e) {
      allocation.undo();
      throw e;
    }
  }

  private void settle(boolean update) {
    FieldErrors errors = new FieldErrors();
    ServiceFamilies.settle(spec, update ? old : null, addresses.families(), errors);
    failIf(errors);
    if (!ServiceShape.isExternalName(spec) && !ServiceShape.isHeadless(spec)) {
      addresses();
    }
    if (ServiceShape.hasNodePorts(spec)) {
      if (update) {
        updatedNodePorts();
      } else {
        newNodePorts();
      }
    }
    healthCheckPort();
  }

  private void failIf(FieldErrors errors) {
    if (!errors.isEmpty()) {
      throw ApiException.invalid("", "Service", name, errors);
    }
  }

  // ---- addresses -----------------------------------------------------------------------------------------------------

  private void addresses() {
    List<String> families = spec.strings("ipFamilies");
    List<String> held = ServiceShape.heldAddresses(old);
    List<String> ips = new ArrayList<>(spec.strings("clusterIPs"));
    ClusterAddresses.Owner owner = new ClusterAddresses.Owner(namespace, name);
    for (int i = 0; i < families.size(); i++) {
      String wanted = i < ips.size() ? ips.get(i) : "";
      if (!wanted.isEmpty() && held.contains(wanted)) {
        continue;
      }
      String taken = take(families.get(i), wanted, ips, owner);
      takenAddresses.add(taken);
      if (i < ips.size()) {
        ips.set(i, taken);
      } else {
        ips.add(taken);
      }
    }
    if (!ips.isEmpty()) {
      ServiceUpdates.setIps(spec, ips);
      spec.set("clusterIP", ips.getFirst());
    }
  }

  private String take(String family, String wanted, List<String> ips, ClusterAddresses.Owner owner) {
    try {
      if (wanted.isEmpty()) {
        return addresses.takeAny(family, owner, dryRun);
      }
      addresses.take(wanted, owner, dryRun);
      return wanted;
    } catch (ClusterAddresses.UnavailableException e) {
      if (wanted.isEmpty()) {
        throw ApiException.internal("failed to allocate a serviceIP: " + e.getMessage());
      }
      FieldErrors errors = new FieldErrors();
      errors.invalid(SPEC.child("clusterIPs"), ServiceFamilies.shown(ips), "failed to allocate IP " + wanted + ": " + e.getMessage());
      throw ApiException.invalid("", "Service", name, errors);
    }
  }

  // ---- ports ---------------------------------------------------------------------------------------------------------

  /** Of a new service: TCP and UDP on the same port share a node port. */
  private void newNodePorts() {
    Map<Long, Long> chosen = new HashMap<>();
    List<Tree> list = spec.trees("ports");
    for (int i = 0; i < list.size(); i++) {
      Tree port = list.get(i);
      long number = port.integer("port");
      if (port.integer("nodePort") == 0 && !ServiceShape.allocatesNodePorts(spec)) {
        continue;
      }
      if (!chosen.containsKey(number)) {
        long wanted = list.stream().filter(other -> other.integer("port") == number).mapToLong(other -> other.integer("nodePort"))
            .filter(asked -> asked != 0).findFirst().orElse(0);
        if (wanted == 0) {
          wanted = anyPort("failed to allocate a nodePort: ");
        } else {
          takePort((int) wanted, nodePortPath(i));
        }
        port.set("nodePort", wanted);
        chosen.put(number, wanted);
      } else if (port.integer("nodePort") == 0) {
        port.set("nodePort", chosen.get(number));
      } else if (port.integer("nodePort") != chosen.get(number)) {
        takePort((int) port.integer("nodePort"), nodePortPath(i));
      }
    }
  }

  private static FieldPath nodePortPath(int port) {
    return SPEC.child("ports").index(port).child("nodePort");
  }

  private void updatedNodePorts() {
    Set<Integer> mine = new HashSet<>(ServiceShape.nodePorts(old));
    Set<String> used = new HashSet<>();
    List<Tree> list = spec.trees("ports");
    for (int i = 0; i < list.size(); i++) {
      Tree port = list.get(i);
      if (port.integer("nodePort") == 0 && !ServiceShape.allocatesNodePorts(spec)) {
        continue;
      }
      if (port.integer("nodePort") == 0) {
        port.set("nodePort", anyPort("failed to allocate a nodePort: "));
      } else if (mine.add((int) port.integer("nodePort"))) {
        takePort((int) port.integer("nodePort"), nodePortPath(i));
      }
      String shown = "{" + port.string("protocol") + " " + port.integer("nodePort") + "}";
      if (!used.add(shown)) {
        throw new ApiException(500, "", "duplicate nodePort: " + shown, Tree.empty());
      }
    }
  }

  private long anyPort(String failure) {
    int port = dryRun ? imagined() : ports.takeAny().orElseThrow(() -> ApiException.internal(failure + "range is full"));
    takenPorts.add(port);
    return port;
  }

  /** What a dry run is shown: no port of the range, so that nobody takes it for his. */
  private int imagined() {
    return Math.max(DRY_RUN_BASE, takenPorts.stream().mapToInt(Integer::intValue).max().orElse(0)) + 1;
  }

  private Optional<String> taken(int port) {
    if (!dryRun) {
      return ports.take(port);
    }
    // natively a dry run does not look at the range
    return takenPorts.contains(port) || ports.isTaken(port) ? Optional.of("provided port is already allocated") : Optional.empty();
  }

  private void takePort(int port, FieldPath path) {
    Optional<String> wrong = taken(port);
    if (wrong.isPresent()) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(path, (long) port, wrong.get());
      throw ApiException.invalid("", "Service", name, errors);
    }
    takenPorts.add(port);
  }

  private void healthCheckPort() {
    if (!ServiceShape.needsHealthCheckPort(spec) || ServiceShape.needsHealthCheckPort(old)) {
      return;
    }
    long wanted = spec.integer("healthCheckNodePort");
    if (wanted == 0) {
      spec.set("healthCheckNodePort", anyPort("failed to allocate a HealthCheck NodePort 0: "));
      return;
    }
    Optional<String> wrong = taken((int) wanted);
    if (wrong.isPresent()) {
      throw ApiException.internal("failed to allocate requested HealthCheck NodePort " + wanted + ": " + wrong.get());
    }
    takenPorts.add((int) wanted);
  }

  // ---- end -----------------------------------------------------------------------------------------------------------

  @Override
  public void commit() {
    Set<Integer> gone = ServiceShape.heldPorts(old);
    gone.removeAll(ServiceShape.heldPorts(spec));
    ports.release(gone);
    List<String> left = new ArrayList<>(ServiceShape.heldAddresses(old));
    left.removeAll(ServiceShape.heldAddresses(spec));
    left.forEach(address -> addresses.release(address, new ClusterAddresses.Owner(namespace, name)));
  }

  @Override
  public void undo() {
    if (!dryRun) {
      ports.release(takenPorts);
      takenAddresses.forEach(address -> addresses.release(address, new ClusterAddresses.Owner(namespace, name)));
    }
  }
}
