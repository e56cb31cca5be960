package io.kubrig.operators.cloudnode;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.kubrig.machinery.network.IpAddress;
import io.kubrig.operators.cloud.CloudException;
import io.kubrig.operators.cloud.InstanceMetadata;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node is to say of itself, by what its provider says of its machine. Pure. */
final class NodeIdentity {
  /** The taint of a node that nobody has asked the provider about. */
  static final String UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized";

  private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);
  private static final String PROVIDED_ADDRESSES = "alpha.kubernetes.io/provided-node-ip";
  private static final String TYPE = "beta.kubernetes.io/instance-type";
  private static final String ZONE = "failure-domain.beta.kubernetes.io/zone";
  private static final String REGION = "failure-domain.beta.kubernetes.io/region";
  private static final Map<String, String> STABLE = Map.of(TYPE, "node.kubernetes.io/instance-type", ZONE, "topology.kubernetes.io/zone",
      REGION, "topology.kubernetes.io/region");
  private static final Pattern RESERVED = Pattern.compile("(^|\\.)(kubernetes|k8s)\\.io/");

  private NodeIdentity() {}

  static boolean isUninitialized(Node node) {
    return node.getSpec() != null
        && Objects.orEmpty(node.getSpec().getTaints()).stream().anyMatch(taint -> UNINITIALIZED.equals(taint.getKey()));
  }

  /** The labels of today that do not say what their forerunners say. */
  static Map<String, String> staleLabels(Node node) {
    Map<String, String> wanted = new HashMap<>();
    STABLE.forEach((beta, stable) -> {
      String value = Objects.labels(node).get(beta);
      if (value != null && !value.equals(Objects.labels(node).get(stable))) {
        wanted.put(stable, value);
      }
    });
    return wanted;
  }

  /**
   * A node with its identity, and without the taint.
   *
   * @throws CloudException the machine has no provider id, or not the addresses that the node was given
   */
  static Node initialized(Node node, InstanceMetadata machine) {
    String name = node.getMetadata().getName();
    Node copy = Objects.copy(node);
    NodeSpec spec = copy.getSpec() == null ? new NodeSpec() : copy.getSpec();
    copy.setSpec(spec);
    String given = spec.getProviderID() == null ? "" : spec.getProviderID();
    if (given.isEmpty() && machine.providerId().isEmpty()) {
      throw new CloudException("cloud provider does not set node provider ID for node " + name);
    }
    preferred(node, machine.addresses());
    if (given.isEmpty()) {
      spec.setProviderID(machine.providerId());
    }
    Map<String, String> labels = new LinkedHashMap<>(Objects.labels(node));
    label(labels, TYPE, machine.type());
    label(labels, ZONE, machine.zone());
    label(labels, REGION, machine.region());
    machine.labels().forEach((key, value) -> {
      if (RESERVED.matcher(key).find()) {
        LOG.warn("Discarding node label {} with kubernetes namespace", key);
      } else if (!value.equals(labels.computeIfAbsent(key, k -> value))) {
        LOG.warn("Discarding node label {} that is already present", key);
      }
    });
    copy.getMetadata().setLabels(labels);
    spec.setTaints(taintsWithout(spec.getTaints()));
    return copy;
  }

  private static List<Taint> taintsWithout(List<Taint> taints) {
    return new ArrayList<>(Objects.orEmpty(taints).stream().filter(taint -> !UNINITIALIZED.equals(taint.getKey())).toList());
  }

  private static void label(Map<String, String> labels, String beta, String value) {
    if (!value.isEmpty()) {
      labels.put(beta, value);
      labels.put(STABLE.get(beta), value);
    }
  }

  /**
   * The addresses that a node should say, where it says others; those of the machine and, unless these name it, the node's own host name.
   *
   * @throws CloudException the machine has not the addresses that the node was given
   */
  static Optional<List<NodeAddress>> addresses(Node node, InstanceMetadata machine) {
    if (machine.addresses().isEmpty()) {
      return Optional.empty();
    }
    List<NodeAddress> present = node.getStatus() == null ? List.of() : Objects.orEmpty(node.getStatus().getAddresses());
    List<NodeAddress> wanted = new ArrayList<>(machine.addresses());
    if (wanted.stream().noneMatch(NodeIdentity::isHostName)) {
      present.stream().filter(NodeIdentity::isHostName).forEach(wanted::add);
    }
    List<NodeAddress> ordered = preferred(node, wanted);
    return differ(present, ordered) ? Optional.of(ordered) : Optional.empty();
  }

  private static boolean isHostName(NodeAddress address) {
    return "Hostname".equals(address.getType());
  }

  /** As native compares: the same number, and of each type the last address. */
  private static boolean differ(List<NodeAddress> present, List<NodeAddress> wanted) {
    Map<String, String> last = new HashMap<>();
    present.forEach(address -> last.put(address.getType(), address.getAddress()));
    return present.size() != wanted.size()
        || wanted.stream().anyMatch(address -> !address.getAddress().equals(last.get(address.getType())));
  }

  /** The addresses that the node's kubelet was told come first, and are the only ones of their types. */
  private static List<NodeAddress> preferred(Node node, List<NodeAddress> addresses) {
    String given = Objects.annotations(node).get(PROVIDED_ADDRESSES);
    if (given == null) {
      return addresses;
    }
    List<NodeAddress> ordered = new ArrayList<>();
    Set<String> types = new HashSet<>();
    for (String text : given.split(",")) {
      IpAddress wanted = IpAddress.parse(text.strip()).orElseThrow(() -> unusable(node, "failed to parse node IP \"" + given + "\""));
      List<NodeAddress> matching =
          addresses.stream().filter(address -> IpAddress.parse(address.getAddress()).filter(wanted::equals).isPresent()).toList();
      if (matching.isEmpty()) {
        throw unusable(node, "failed to get node address from cloud provider that matches ip: " + wanted);
      }
      matching.forEach(address -> {
        ordered.add(address);
        types.add(address.getType());
      });
    }
    addresses.stream().filter(address -> !types.contains(address.getType())).forEach(ordered::add);
    return ordered;
  }

  private static CloudException unusable(Node node, String why) {
    return new CloudException("provided node ip for node \"" + node.getMetadata().getName() + "\" is not valid: " + why);
  }
}
