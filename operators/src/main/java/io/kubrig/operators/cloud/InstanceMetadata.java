package io.kubrig.operators.cloud;

import io.fabric8.kubernetes.api.model.NodeAddress;
import java.util.List;
import java.util.Map;

/**
 * What a provider knows of a machine; empty texts and collections mean unknown.
 *
 * @param providerId {@code PROVIDER://ID}, for {@code spec.providerID}
 * @param type for the label node.kubernetes.io/instance-type
 * @param addresses for {@code status.addresses}
 * @param zone for the label topology.kubernetes.io/zone
 * @param region for the label topology.kubernetes.io/region
 * @param labels more labels, of no Kubernetes namespace
 */
public record InstanceMetadata(
    String providerId, String type, List<NodeAddress> addresses, String zone, String region, Map<String, String> labels) {
  public InstanceMetadata {
    addresses = List.copyOf(addresses);
    labels = Map.copyOf(labels);
  }

  /** Nothing but an identity. */
  public static InstanceMetadata of(String providerId) {
    return new InstanceMetadata(providerId, "", List.of(), "", "", Map.of());
  }
}
