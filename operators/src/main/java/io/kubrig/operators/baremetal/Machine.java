package io.kubrig.operators.baremetal;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.kubrig.operators.cloud.InstanceMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A machine of the inventory. @param id what its provider id ends in @param off whether it is switched off on purpose */
record Machine(String name, String id, String type, String zone, String region, List<String> internal, List<String> external,
    Map<String, String> labels, boolean off) {
  private static final String SCHEME = "bare-metal://";

  /** The provider id of a machine. */
  static String providerId(String id) {
    return SCHEME + id;
  }

  /** Whether this is the machine of a node. */
  boolean isOf(Node node) {
    String given = node.getSpec() == null || node.getSpec().getProviderID() == null ? "" : node.getSpec().getProviderID();
    return given.startsWith(SCHEME) ? given.equals(providerId(id)) : name.equals(node.getMetadata().getName());
  }

  InstanceMetadata metadata() {
    List<NodeAddress> addresses = new ArrayList<>();
    internal.forEach(address -> addresses.add(new NodeAddress(address, "InternalIP")));
    external.forEach(address -> addresses.add(new NodeAddress(address, "ExternalIP")));
    return new InstanceMetadata(providerId(id), type, addresses, zone, region, labels);
  }
}
