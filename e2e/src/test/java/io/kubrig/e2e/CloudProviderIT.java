package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.testkit.KubrigCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controllers of clouds over the provider for bare metal: a real API server, the rights of their accounts, virtual time. */
class CloudProviderIT {
  private static final String CONTROLLERS =
      "--controllers=service-lb-controller,node-route-controller,cloud-node-controller,cloud-node-lifecycle-controller";

  @TempDir
  Path directory;

  private KubrigCluster cluster(String... flags) throws InterruptedException {
    List<String> all = new ArrayList<>(List.of(CONTROLLERS, "--use-service-account-credentials=true"));
    all.addAll(List.of(flags));
    return KubrigCluster.builder().controllers("-*").scheduler(false).nodes(0).virtualTime().managerFlags(all).start();
  }

  private static Service service(String name) {
    return new ServiceBuilder().withNewMetadata().withName(name).withNamespace("default").endMetadata()
        .withNewSpec().withType("LoadBalancer").addNewPort().withPort(80).endPort().endSpec().build();
  }

  private static List<String> addresses(KubernetesClient client, String name) {
    return client.services().inNamespace("default").withName(name).get().getStatus().getLoadBalancer().getIngress().stream()
        .map(ingress -> ingress.getIp()).toList();
  }

  /** What was told of an object, in order. */
  private static List<String> told(KubernetesClient client, HasMetadata about) {
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> about.getMetadata().getName().equals(event.getInvolvedObject().getName()))
        .sorted(Comparator.comparing(event -> Long.parseLong(event.getMetadata().getResourceVersion())))
        .map(CloudProviderIT::words).toList();
  }

  private static String words(Event event) {
    return event.getType() + " " + event.getReason() + " " + event.getMessage();
  }

  @Test
  void a_service_has_its_address_until_it_goes_and_another_one_gets_it_then() throws Exception {
    try (KubrigCluster cluster = cluster("--load-balancer-pool=192.0.2.1")) {
      KubernetesClient client = cluster.client();
      client.resource(service("first")).create();
      cluster.settle();
      client.resource(service("second")).create();
      cluster.settle();
      assertThat(addresses(client, "first")).containsExactly("192.0.2.1");
      Service first = client.services().inNamespace("default").withName("first").get();
      assertThat(first.getMetadata().getFinalizers()).containsExactly("service.kubernetes.io/load-balancer-cleanup");
      assertThat(told(client, first)).containsExactly(
          "Normal EnsuringLoadBalancer Ensuring load balancer",
          "Warning UnAvailableLoadBalancer There are no available nodes for LoadBalancer",
          "Normal EnsuredLoadBalancer Ensured load balancer");
      assertThat(addresses(client, "second")).isEmpty();
      assertThat(told(client, service("second"))).contains("Warning SyncLoadBalancerFailed Error syncing load balancer: "
          + "failed to ensure load balancer: no address of the family IPv4 is left in the pool");

      client.resource(first).delete();
      cluster.settle();
      assertThat(client.services().inNamespace("default").withName("first").get()).isNull();
      assertThat(addresses(client, "second")).containsExactly("192.0.2.1");
      assertThat(told(client, first)).endsWith("Normal DeletingLoadBalancer Deleting load balancer",
          "Normal DeletedLoadBalancer Deleted load balancer");
    }
  }

  @Test
  void a_service_of_another_type_or_class_has_none() throws Exception {
    try (KubrigCluster cluster = cluster("--load-balancer-pool=192.0.2.0/30")) {
      KubernetesClient client = cluster.client();
      Service other = service("other");
      other.getSpec().setLoadBalancerClass("example.com/elsewhere");
      client.resource(other).create();
      Service changing = client.resource(service("changing")).create();
      cluster.settle();
      assertThat(addresses(client, "other")).isEmpty();
      assertThat(addresses(client, "changing")).hasSize(1);
      client.resource(changing).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"type\":\"ClusterIP\"}}");
      cluster.settle();
      assertThat(addresses(client, "changing")).isEmpty();
      assertThat(client.resource(changing).get().getMetadata().getFinalizers()).isEmpty();
    }
  }

  private static Node node(String name, String address, String range) {
    return new NodeBuilder().withNewMetadata().withName(name).endMetadata()
        .withNewSpec().withPodCIDR(range).withPodCIDRs(range)
        .addNewTaint().withKey("node.cloudprovider.kubernetes.io/uninitialized").withValue("true").withEffect("NoSchedule").endTaint()
        .endSpec()
        .withNewStatus().addNewAddress(address, "InternalIP").endStatus().build();
  }

  /** A kubelet writes its status after it has registered. */
  private static void register(KubernetesClient client, Node node, String ready) {
    client.resource(node).create();
    Node status = client.resource(node).get();
    status.setStatus(node.getStatus());
    client.resource(status).updateStatus();
    ready(client, node.getMetadata().getName(), ready);
  }

  private static void ready(KubernetesClient client, String name, String ready) {
    client.nodes().withName(name).subresource("status").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"status\":{\"conditions\":"
        + "[{\"type\":\"Ready\",\"status\":\"" + ready + "\",\"reason\":\"r\",\"message\":\"m\"}]}}");
  }

  private Path inventory(String machines) throws IOException {
    return Files.writeString(directory.resolve("rack.yaml"),
        "apiVersion: cloud.kubrig.io/v1alpha1\nkind: BareMetalConfiguration\nmachines:\n" + machines);
  }

  @Test
  void nodes_learn_of_their_machines_and_go_with_them() throws Exception {
    String a = "- {name: a, id: rack-a, type: large, zone: z1, region: r1, addresses: [10.0.0.1], labels: {example.com/rack: '7'}}\n";
    Path file = inventory(a + "- {name: b}\n");
    try (KubrigCluster cluster = cluster("--cloud-provider=bare-metal", "--cloud-config=" + file)) {
      KubernetesClient client = cluster.client();
      register(client, node("a", "10.0.0.9", "10.244.1.0/24"), "True");
      register(client, node("b", "10.0.0.2", "10.244.2.0/24"), "Unknown");
      cluster.settle();
      Node first = client.nodes().withName("a").get();
      assertThat(first.getSpec().getProviderID()).isEqualTo("bare-metal://rack-a");
      assertThat(first.getSpec().getTaints()).noneMatch(taint -> taint.getKey().contains("uninitialized"));
      assertThat(first.getMetadata().getLabels()).containsAllEntriesOf(Map.of("node.kubernetes.io/instance-type", "large",
          "topology.kubernetes.io/zone", "z1", "topology.kubernetes.io/region", "r1", "example.com/rack", "7"));
      assertThat(first.getStatus().getAddresses()).extracting(address -> address.getAddress()).containsExactly("10.0.0.1");
      assertThat(told(client, first)).contains("Normal Synced Node synced successfully");

      inventory(a + "- {name: b, poweredOff: true}\n");
      cluster.advance(Duration.ofSeconds(30));
      assertThat(client.nodes().withName("b").get().getSpec().getTaints()).extracting(taint -> taint.getKey())
          .contains("node.cloudprovider.kubernetes.io/shutdown");
      ready(client, "b", "True");
      cluster.advance(Duration.ofSeconds(30));
      assertThat(client.nodes().withName("b").get().getSpec().getTaints()).extracting(taint -> taint.getKey())
          .doesNotContain("node.cloudprovider.kubernetes.io/shutdown");

      inventory("- {name: c}\n");
      ready(client, "b", "Unknown");
      cluster.advance(Duration.ofSeconds(30));
      assertThat(client.nodes().list().getItems()).extracting(node -> node.getMetadata().getName()).containsExactly("a");
      assertThat(told(client, node("b", "", ""))).endsWith(
          "Normal DeletingNode Deleting node b because it does not exist in the cloud provider");
    }
  }

  @Test
  void routes_are_published_and_follow_their_nodes() throws Exception {
    try (KubrigCluster cluster = cluster("--cloud-provider=bare-metal", "--allocate-node-cidrs", "--cluster-cidr=10.244.0.0/16")) {
      KubernetesClient client = cluster.client();
      register(client, node("a", "10.0.0.1", "10.244.1.0/24"), "True");
      Node lost = node("lost", "10.0.0.2", "10.244.2.0/24");
      lost.getStatus().getAddresses().getFirst().setType("ExternalIP");
      register(client, lost, "True");
      cluster.advance(Duration.ofSeconds(11));
      assertThat(route(client, "a")).isEqualTo("10.244.1.0/24 via 10.0.0.1");
      assertThat(network(client, "a")).isEqualTo("False RouteCreated RouteController created a route");
      assertThat(route(client, "lost")).isNull();
      assertThat(network(client, "lost")).isEqualTo("True NoRouteCreated RouteController failed to create a route");
      assertThat(told(client, lost)).anyMatch(words -> words.startsWith("Warning FailedToCreateRoute Could not create route "
          + client.nodes().withName("lost").get().getMetadata().getUid() + " 10.244.2.0/24 for node lost after "));
      client.nodes().withName("a").subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE),
          "{\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"10.0.0.7\"}]}}");
      cluster.advance(Duration.ofSeconds(11));
      assertThat(route(client, "a")).isEqualTo("10.244.1.0/24 via 10.0.0.7");
    }
  }

  private static String route(KubernetesClient client, String name) {
    Map<String, String> annotations = client.nodes().withName(name).get().getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get("bare-metal.kubrig.io/route-ipv4");
  }

  private static String network(KubernetesClient client, String name) {
    NodeCondition condition = client.nodes().withName(name).get().getStatus().getConditions().stream()
        .filter(one -> one.getType().equals("NetworkUnavailable")).findFirst().orElseThrow();
    return condition.getStatus() + " " + condition.getReason() + " " + condition.getMessage();
  }
}
