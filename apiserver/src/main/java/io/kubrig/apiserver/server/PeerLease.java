package io.kubrig.apiserver.server;

import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tells of one server that it is there: a Lease in kube-system for whoever looks, and a record with its address for other servers,
 * which pass requests on to those that know a version they do not know. (Source: pkg/controlplane/apiserver/server.go,
 * apiserver/pkg/reconcilers.)
 */
final class PeerLease {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLease.class);
  private static final String GROUP = "coordination.k8s.io";
  private static final String NAMESPACE = "kube-system";
  private static final String IDENTITY = "apiserver.kubernetes.io/identity";
  private static final String COMPONENT = "kube-apiserver";
  private static final String ADDRESSES = "/registry/peerserverleases/";
  private static final Duration ADDRESS_LIFE = Duration.ofSeconds(15);
  private static final long SECONDS = 3600;

  private final LiveCluster cluster;
  private final Bootstrap bootstrap;
  private final ServerWrites writes;
  private final Peer peer;
  private final String holder;
  private final Clock clock;
  private boolean leaving;

  /** @param life tells this life of the server from others: a UUID */
  PeerLease(LiveCluster cluster, Bootstrap bootstrap, ServerWrites writes, Peer peer, String life) {
    this.cluster = cluster;
    this.bootstrap = bootstrap;
    this.writes = writes;
    this.peer = peer;
    this.holder = peer.identity() + "_" + life;
    this.clock = cluster.clock();
  }

  /** Removes what a former life of this server has left. */
  synchronized void begin() {
    writes.delete(GROUP, "leases", NAMESPACE, peer.identity());
  }

  synchronized void renew() {
    if (leaving) {
      return;
    }
    Tree labels = Tree.of(IDENTITY, COMPONENT, "kubernetes.io/hostname", peer.hostname());
    Tree annotations = Tree.of("kubernetes.io/peer-advertise-address", peer.address());
    Tree metadata = Tree.of("name", peer.identity(), "namespace", NAMESPACE, "labels", labels, "annotations", annotations);
    Tree spec =
        Tree.of("holderIdentity", holder, "leaseDurationSeconds", SECONDS, "renewTime", Timestamps.formatMicro(clock.now()));
    bootstrap.apply(GROUP, "leases", Tree.of("metadata", metadata, "spec", spec));
    cluster.records().revise(ADDRESSES + peer.identity(), this::renewed, ADDRESS_LIFE);
  }

  private Tree renewed(Tree record) {
    List<Object> addresses = new ArrayList<>(List.of(Tree.of("ip", peer.host())));
    Tree subset = Tree.of("addresses", addresses, "ports", new ArrayList<Object>(List.of(Peer.https(peer.port()))));
    Tree lease = MasterEndpoints.lease(record, subset);
    lease.need("metadata").need("labels").set("apiserverIdentity", peer.identity());
    return lease;
  }

  synchronized void leave() {
    leaving = true;
    writes.delete(GROUP, "leases", NAMESPACE, peer.identity());
    cluster.records().remove(ADDRESSES + peer.identity());
  }

  /** Deletes the leases of servers that have not been heard of for as long as their leases last. */
  void collect() {
    Instant now = clock.now();
    for (Tree lease : cluster.list(GROUP, "leases", NAMESPACE)) {
      if (lease.tree("metadata").tree("labels").string(IDENTITY).equals(COMPONENT) && isOver(lease.tree("spec"), now)) {
        String name = lease.tree("metadata").string("name");
        LOG.info("The API server of the lease {} is gone", name);
        writes.delete(GROUP, "leases", NAMESPACE, name);
      }
    }
  }

  private static boolean isOver(Tree spec, Instant now) {
    if (spec.string("renewTime").isEmpty() || !spec.has("leaseDurationSeconds")) {
      return true;
    }
    return Timestamps.parseMicro(spec.string("renewTime")).plusSeconds(spec.integer("leaseDurationSeconds")).isBefore(now);
  }
}
