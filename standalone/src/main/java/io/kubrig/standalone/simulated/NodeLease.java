package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * The lease by which a node shows that it lives. As a kubelet does, it goes on from what it wrote last and reads only when that has been
 * overtaken.
 */
final class NodeLease {
  private static final String NAMESPACE = "kube-node-lease";

  private final KubernetesClient client;
  private final Clock clock;
  private final String node;
  private final Duration lasting;
  private Lease last; // null before the first, and when somebody else has changed or removed it; guarded by this

  NodeLease(KubernetesClient client, Clock clock, String node, Duration lasting) {
    this.client = client;
    this.clock = clock;
    this.node = node;
    this.lasting = lasting;
  }

  synchronized void renew() {
    if (last != null) {
      Lease known = last;
      last = null;
      try {
        last = renewed(known);
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != 404 && e.getCode() != 409) {
          throw e;
        }
      }
    }
    Lease found = client.leases().inNamespace(NAMESPACE).withName(node).get();
    last = found == null ? client.leases().inNamespace(NAMESPACE).resource(made()).create() : renewed(found);
  }

  private Lease renewed(Lease before) {
    Lease now = new LeaseBuilder(before).editSpec().withRenewTime(now()).endSpec().build();
    return client.leases().inNamespace(NAMESPACE).resource(now).update();
  }

  private Lease made() {
    return new LeaseBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(node)
        .addNewOwnerReference()
        .withApiVersion("v1")
        .withKind("Node")
        .withName(node)
        .withUid(client.nodes().withName(node).get().getMetadata().getUid())
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(node)
        .withLeaseDurationSeconds((int) lasting.toSeconds())
        .withRenewTime(now())
        .endSpec()
        .build();
  }

  private ZonedDateTime now() {
    return clock.now().truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
  }
}
