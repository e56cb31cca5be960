package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** The lease by which a node shows that it lives. */
final class NodeLease {
  private static final String NAMESPACE = "kube-node-lease";

  private NodeLease() {}

  static void renew(KubernetesClient client, Clock clock, String node, Duration lasting) {
    ZonedDateTime now = clock.now().truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
    Lease found = client.leases().inNamespace(NAMESPACE).withName(node).get();
    if (found != null) {
      Lease renewed = new LeaseBuilder(found).editSpec().withRenewTime(now).endSpec().build();
      client.leases().inNamespace(NAMESPACE).resource(renewed).update();
      return;
    }
    Lease made =
        new LeaseBuilder()
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
            .withRenewTime(now)
            .endSpec()
            .build();
    client.leases().inNamespace(NAMESPACE).resource(made).create();
  }
}
