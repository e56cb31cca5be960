package io.kubrig.apiserver.server;

import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoints of the service {@code kubernetes}: the servers on one storage that are alive. Each keeps a record that lasts a little
 * longer than the time until it is renewed, and each sets the endpoints to what records there are. (Source:
 * pkg/controlplane/reconcilers/lease.go.)
 */
final class MasterEndpoints {
  private static final Logger LOG = LoggerFactory.getLogger(MasterEndpoints.class);
  private static final String LEASES = "/registry/masterleases/";
  private static final Duration LIFE = Duration.ofSeconds(15);
  private static final String NAME = "kubernetes";
  private static final String NAMESPACE = "default";
  private static final String SUBSETS = "subsets";
  private static final String ADDRESSES = "addresses";
  private static final String PORTS = "ports";
  private static final String SKIP_MIRROR = "endpointslice.kubernetes.io/skip-mirror";

  private final LiveCluster cluster;
  private final Bootstrap bootstrap;
  private final ServerWrites writes;
  private final String ip;
  private final int port;
  private boolean leaving;

  /** @param ip where this server is reached, not a loopback address */
  MasterEndpoints(LiveCluster cluster, Bootstrap bootstrap, ServerWrites writes, String ip, int port) {
    this.cluster = cluster;
    this.bootstrap = bootstrap;
    this.writes = writes;
    this.ip = ip;
    this.port = port;
  }

  /** Forgets a former life of this server that did not end well. */
  synchronized void begin() {
    if (cluster.records().remove(LEASES + ip)) {
      LOG.error("Found stale data, removed previous endpoints on kubernetes service, apiserver didn't exit successfully previously");
      try {
        reconcile(true);
      } catch (ApiException e) {
        LOG.error("Error removing old endpoints from kubernetes service: {}", e.getMessage());
      }
    }
  }

  /** Says that this server is alive, and brings the endpoints up to date. */
  synchronized void renew() {
    if (!leaving) {
      cluster.records().revise(LEASES + ip, this::renewed, LIFE);
      reconcile(false);
    }
  }

  private Tree renewed(Tree record) {
    return lease(record, Tree.of(ADDRESSES, list(Tree.of("ip", ip))));
  }

  /** A record of a server, changed in a way that makes it be written. */
  static Tree lease(Tree record, Tree subset) {
    Tree metadata = record.tree("metadata").copy();
    metadata.set("generation", metadata.integer("generation") + 1);
    return Tree.of("kind", "Endpoints", "apiVersion", "v1", "metadata", metadata, SUBSETS, list(subset));
  }

  /** Takes this server out of the endpoints, for good. */
  synchronized void leave() {
    leaving = true;
    cluster.records().remove(LEASES + ip);
    reconcile(true);
  }

  // ---- the objects ---------------------------------------------------------------------------------------------------

  private void reconcile(boolean ports) {
    List<String> alive = alive();
    if (alive.isEmpty() && !leaving) {
      throw ApiException.internal(
          "no API server IP addresses were listed in storage, refusing to erase all endpoints for the kubernetes Service");
    }
    Optional<Tree> stored = cluster.get("", "endpoints", NAMESPACE, NAME);
    if (stored.isEmpty() && leaving) {
      return;
    }
    List<Tree> current = stored.map(endpoints -> endpoints.trees(SUBSETS)).orElse(List.of());
    List<Tree> wanted = wanted(current, alive, ports);
    boolean mirrored = stored.map(endpoints -> !endpoints.tree("metadata").tree("labels").string(SKIP_MIRROR).equals("true")).orElse(true);
    if (mirrored || !wanted.equals(current)) {
      LOG.warn("Resetting endpoints for master service \"{}\" to {}", NAME, alive);
      Tree metadata = Tree.of("name", NAME, "namespace", NAMESPACE, "labels", Tree.of(SKIP_MIRROR, "true"));
      bootstrap.apply("", "endpoints", Tree.of("metadata", metadata, SUBSETS, new ArrayList<Object>(wanted)));
    }
    slice(wanted);
  }

  private List<String> alive() {
    List<String> alive = new ArrayList<>();
    for (Tree lease : cluster.records().list(LEASES)) {
      lease.trees(SUBSETS).stream().limit(1).flatMap(subset -> subset.trees(ADDRESSES).stream().limit(1))
          .map(address -> address.string("ip")).filter(text -> !text.isEmpty()).forEach(alive::add);
    }
    return alive;
  }

  /** The subsets as they are where they name who is alive, whatever the ports: another server may listen on another one. */
  private List<Tree> wanted(List<Tree> current, List<String> alive, boolean ports) {
    boolean formed = current.size() == 1;
    List<String> named = formed ? addresses(current.getFirst()) : List.of();
    boolean right = formed && named.size() == alive.size() && new HashSet<>(named).equals(new HashSet<>(alive));
    List<Object> listening = formed && !ports ? current.getFirst().list(PORTS) : list(Peer.https(port));
    if (right && listening.equals(current.getFirst().list(PORTS))) {
      return current;
    }
    if (alive.isEmpty()) {
      return List.of();
    }
    List<Object> addresses = alive.stream().sorted().map(text -> (Object) Tree.of("ip", text)).collect(Collectors.toList());
    return List.of(Tree.of(ADDRESSES, right ? current.getFirst().list(ADDRESSES) : addresses, PORTS, listening));
  }

  private static List<String> addresses(Tree subset) {
    return subset.trees(ADDRESSES).stream().map(address -> address.string("ip")).toList();
  }

  private void slice(List<Tree> subsets) {
    List<String> named = subsets.isEmpty() ? List.of() : addresses(subsets.getFirst());
    boolean v6 = !named.isEmpty() && named.stream().allMatch(text -> text.contains(":"));
    List<Object> endpoints = new ArrayList<>();
    named.stream().filter(text -> text.contains(":") == v6)
        .forEach(text -> endpoints.add(Tree.of(ADDRESSES, list(text), "conditions", Tree.of("ready", true))));
    String type = v6 ? "IPv6" : "IPv4";
    List<Object> ports = subsets.isEmpty() ? new ArrayList<>() : new ArrayList<>(subsets.getFirst().list(PORTS));
    Tree metadata = Tree.of("name", NAME, "namespace", NAMESPACE, "labels", Tree.of("kubernetes.io/service-name", NAME));
    Tree slice = Tree.of("metadata", metadata, "addressType", type, "endpoints", endpoints, "ports", ports);
    Optional<Tree> stored = cluster.get("discovery.k8s.io", "endpointslices", NAMESPACE, NAME);
    if (stored.isPresent() && !stored.get().string("addressType").equals(type)) {
      writes.delete("discovery.k8s.io", "endpointslices", NAMESPACE, NAME);
    } else if (stored.isPresent() && says(stored.get(), slice)) {
      return;
    }
    bootstrap.apply("discovery.k8s.io", "endpointslices", slice);
  }

  private static boolean says(Tree stored, Tree slice) {
    return stored.list("endpoints").equals(slice.list("endpoints")) && stored.list(PORTS).equals(slice.list(PORTS))
        && stored.tree("metadata").stringMap("labels").equals(slice.tree("metadata").stringMap("labels"));
  }

  private static List<Object> list(Object element) {
    return new ArrayList<>(List.of(element));
  }
}
