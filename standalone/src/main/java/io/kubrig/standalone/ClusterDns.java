package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;

/**
 * What leads pods to the DNS server of this process: the Service {@code kube-dns} at its well-known address, without selector, and an
 * EndpointSlice that names this machine.
 */
final class ClusterDns {
  private static final String NAMESPACE = "kube-system";
  private static final String NAME = "kube-dns";
  private static final String ROLE = "system:coredns";
  private static final String ACCOUNT = "coredns";
  private static final int DNS_PORT = 53;

  /** Who the DNS server is. */
  static final String USER = "system:serviceaccount:" + NAMESPACE + ":" + ACCOUNT;

  private ClusterDns() {}

  /**
   * @param service the well-known address
   * @param address of this machine
   * @param port that the DNS server listens on
   */
  static void publish(KubernetesClient client, String service, String address, int port) {
    createUnlessThere(client.services().inNamespace(NAMESPACE).resource(service(service, port)));
    client.discovery().v1().endpointSlices().inNamespace(NAMESPACE).resource(endpoints(address, port))
        .createOr(existing -> existing.update());
  }

  /** Lets the DNS server see what it answers about: the role that kubeadm's CoreDNS add-on has. */
  static void authorize(KubernetesClient client) {
    createUnlessThere(client.rbac().clusterRoles().resource(role()));
    createUnlessThere(client.rbac().clusterRoleBindings().resource(binding()));
  }

  private static ClusterRole role() {
    return new ClusterRoleBuilder()
        .withNewMetadata()
        .withName(ROLE)
        .endMetadata()
        .addNewRule()
        .withApiGroups("")
        .withResources("endpoints", "services", "pods", "namespaces")
        .withVerbs("list", "watch")
        .endRule()
        .addNewRule()
        .withApiGroups("discovery.k8s.io")
        .withResources("endpointslices")
        .withVerbs("list", "watch")
        .endRule()
        .build();
  }

  private static ClusterRoleBinding binding() {
    return new ClusterRoleBindingBuilder()
        .withNewMetadata()
        .withName(ROLE)
        .endMetadata()
        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", ROLE)
        .addNewSubject("", "ServiceAccount", ACCOUNT, NAMESPACE)
        .build();
  }

  /** Looks first: the creation of a service that is there already fails because its address is taken. */
  private static void createUnlessThere(Resource<?> wanted) {
    if (wanted.get() == null) {
      wanted.create();
    }
  }

  private static Service service(String address, int port) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(NAME)
        .addToLabels("k8s-app", NAME)
        .addToLabels("kubernetes.io/cluster-service", "true")
        .addToLabels("kubernetes.io/name", "CoreDNS")
        .endMetadata()
        .withNewSpec()
        .withClusterIP(address)
        .addNewPort()
        .withName("dns")
        .withPort(DNS_PORT)
        .withNewTargetPort(port)
        .withProtocol("UDP")
        .endPort()
        .addNewPort()
        .withName("dns-tcp")
        .withPort(DNS_PORT)
        .withNewTargetPort(port)
        .withProtocol("TCP")
        .endPort()
        .endSpec()
        .build();
  }

  private static EndpointSlice endpoints(String address, int port) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(NAME + "-kubrig")
        .addToLabels("kubernetes.io/service-name", NAME)
        .addToLabels("endpointslice.kubernetes.io/managed-by", "kubrig")
        .endMetadata()
        .withAddressType("IPv4")
        .addNewEndpoint()
        .withAddresses(address)
        .withNewConditions()
        .withReady(true)
        .endConditions()
        .endEndpoint()
        .addNewPort()
        .withName("dns")
        .withPort(port)
        .withProtocol("UDP")
        .endPort()
        .addNewPort()
        .withName("dns-tcp")
        .withPort(port)
        .withProtocol("TCP")
        .endPort()
        .build();
  }
}
