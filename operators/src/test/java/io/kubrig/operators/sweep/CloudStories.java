package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.cloud.InstanceMetadata;
import io.kubrig.operators.cloud.Instances;
import io.kubrig.operators.cloudnode.CloudNodeController;
import io.kubrig.operators.cloudnode.CloudNodeLifecycleController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.loadbalancer.ServiceLoadBalancerController;
import io.kubrig.operators.noderoute.NodeRouteController;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The stories of what a cloud provider has a part in: load balancers, machines, routes. */
final class CloudStories {
  private static final String STATUS = "status";

  private CloudStories() {}

  private static <E> Optional<E> any(List<E> some, RandomGenerator random) {
    return some.isEmpty() ? Optional.empty() : Optional.of(some.get(random.nextInt(some.size())));
  }

  /** Services that want an address, want none any more, and go. No address is ever that of two; none is kept by what has gone. */
  static final class BalancerStory implements Story {
    private static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(ServiceLoadBalancerController::new);
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--load-balancer-pool=192.0.2.1-192.0.2.6");
    }

    @Override
    public void begin(MemoryServer server) {
      make(server);
    }

    private void make(MemoryServer server) {
      server.create(new ServiceBuilder().withNewMetadata().withName("web-" + made++).withNamespace("ns").endMetadata().withNewSpec()
          .withType("LoadBalancer").withIpFamilies("IPv4").addNewPort().withPort(80).endPort().endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      List<Service> all = Stories.all(server, Service.class);
      switch (random.nextInt(3)) {
        case 0 -> any(all, random).ifPresent(service -> server.delete(service, Map.of(), true));
        case 1 -> any(all, random).ifPresent(service -> server.update(MemoryServer.edit(service,
            tree -> tree.withObjectProperty("spec").put("type", random.nextBoolean() ? "LoadBalancer" : "ClusterIP")), false));
        default -> {
          if (all.size() < 6) { // an exhausted pool would be asked for ever
            make(server);
          }
        }
      }
    }

    private static List<String> addresses(Service service) {
      return service.getStatus() == null || service.getStatus().getLoadBalancer() == null ? List.of()
          : service.getStatus().getLoadBalancer().getIngress().stream().map(ingress -> ingress.getIp()).toList();
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof Service) {
        assertThat(Stories.all(server, Service.class).stream().flatMap(service -> addresses(service).stream()))
            .as("addresses of services").doesNotHaveDuplicates();
      }
      if (change.after() == null && change.before() instanceof Service gone) {
        assertThat(Objects.isTerminating(gone) || !Objects.orEmpty(gone.getMetadata().getFinalizers()).contains(FINALIZER))
            .as("whether a service with a balancer waits for it to go").isTrue();
      }
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, Service.class)).allSatisfy(service -> {
        boolean wants = "LoadBalancer".equals(service.getSpec().getType());
        assertThat(Objects.isTerminating(service)).as("whether %s still goes", Key.of(service)).isFalse();
        assertThat(addresses(service)).as("addresses of %s", Key.of(service)).hasSize(wants ? 1 : 0);
        assertThat(Objects.orEmpty(service.getMetadata().getFinalizers()).contains(FINALIZER)).isEqualTo(wants);
      });
    }
  }

  /** Machines that are bought, switched off and sold, and their nodes. No node goes while its machine is there. */
  static final class MachineStory implements Story, Instances {
    private static final String UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized";
    private static final String SHUT_DOWN = "node.cloudprovider.kubernetes.io/shutdown";
    private final Set<String> machines = new TreeSet<>();
    private final Set<String> off = new TreeSet<>();
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(context -> new CloudNodeController(context, Optional.of(this)),
          context -> new CloudNodeLifecycleController(context, Optional.of(this)));
    }

    @Override
    public boolean exists(Node node) {
      return machines.contains(node.getMetadata().getName());
    }

    @Override
    public boolean isShutDown(Node node) {
      return off.contains(node.getMetadata().getName());
    }

    @Override
    public Optional<InstanceMetadata> metadata(Node node) {
      String name = node.getMetadata().getName();
      return exists(node) ? Optional.of(new InstanceMetadata("test://" + name, "t", List.of(), "z", "", Map.of())) : Optional.empty();
    }

    @Override
    public void begin(MemoryServer server) {
      make(server);
    }

    private void make(MemoryServer server) {
      String name = "node-" + made++;
      machines.add(name);
      server.create(new NodeBuilder().withNewMetadata().withName(name).endMetadata().withNewSpec().addNewTaint().withKey(UNINITIALIZED)
          .withEffect("NoSchedule").endTaint().endSpec()
          .withNewStatus().addNewCondition().withType("Ready").withStatus("True").endCondition().endStatus().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      Optional<Node> node = any(Stories.all(server, Node.class), random);
      if (node.isEmpty() || random.nextInt(3) == 0) {
        make(server);
        return;
      }
      String name = node.get().getMetadata().getName();
      switch (random.nextInt(5)) {
        case 0 -> {
          machines.remove(name);
          ready(server, node.get(), false);
        }
        case 1 -> {
          off.add(name);
          ready(server, node.get(), false);
        }
        case 2 -> {
          off.remove(name);
          ready(server, node.get(), machines.contains(name));
        }
        default -> ready(server, node.get(), machines.contains(name) && random.nextBoolean());
      }
    }

    private static void ready(MemoryServer server, Node node, boolean ready) {
      server.update(MemoryServer.edit(node, tree -> tree.withObjectProperty(STATUS).putArray("conditions").addObject().put("type", "Ready")
          .put(STATUS, ready ? "True" : "Unknown")), true);
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() == null && change.before() instanceof Node gone) {
        assertThat(machines).as("machines whose nodes are deleted").doesNotContain(gone.getMetadata().getName());
      }
    }

    private static List<String> taints(Node node) {
      return Objects.orEmpty(node.getSpec().getTaints()).stream().map(Taint::getKey).toList();
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, Node.class)).allSatisfy(node -> {
        String name = node.getMetadata().getName();
        boolean ready = node.getStatus().getConditions().stream().anyMatch(c -> "True".equals(c.getStatus()));
        assertThat(machines).as("machines of nodes that are left").contains(name);
        assertThat(node.getSpec().getProviderID()).isEqualTo("test://" + name);
        assertThat(node.getMetadata().getLabels()).containsEntry("topology.kubernetes.io/zone", "z");
        assertThat(taints(node)).as("taints of %s", name).doesNotContain(UNINITIALIZED);
        if (ready || off.contains(name)) { // one that came back without a word from its kubelet keeps the taint
          assertThat(taints(node).contains(SHUT_DOWN)).as("whether %s is said to be off", name).isEqualTo(!ready && off.contains(name));
        }
      });
    }
  }

  /** Nodes that come, go and move, and the routes to their pods as the rack's provider publishes them. */
  static final class RouteStory implements Story {
    private static final String ROUTE = "bare-metal.kubrig.io/route-ipv4";
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(NodeRouteController::new);
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--cloud-provider=bare-metal", "--allocate-node-cidrs", "--cluster-cidr=10.244.0.0/16");
    }

    @Override
    public void begin(MemoryServer server) {
      make(server);
    }

    private void make(MemoryServer server) {
      int number = made++;
      server.create(new NodeBuilder().withNewMetadata().withName("node-" + number).endMetadata()
          .withNewSpec().withPodCIDRs("10.244." + number % 256 + ".0/24").endSpec()
          .withNewStatus().addNewAddress("10.0.0." + number % 256, "InternalIP").endStatus().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      Optional<Node> node = any(Stories.all(server, Node.class), random);
      switch (random.nextInt(3)) {
        case 0 -> node.ifPresent(found -> server.delete(found, Map.of(), true));
        case 1 -> node.ifPresent(found -> server.update(MemoryServer.edit(found, tree -> tree.withObjectProperty(STATUS)
            .putArray("addresses").addObject().put("type", "InternalIP").put("address", "10.0.1." + random.nextInt(1, 250))), true));
        default -> make(server);
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof Node node && Objects.annotations(node).containsKey(ROUTE)) {
        assertThat(Objects.annotations(node).get(ROUTE)).startsWith(node.getSpec().getPodCIDRs().getFirst() + " via ");
      }
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, Node.class)).allSatisfy(node -> {
        assertThat(Objects.annotations(node)).containsEntry(ROUTE,
            node.getSpec().getPodCIDRs().getFirst() + " via " + node.getStatus().getAddresses().getFirst().getAddress());
        assertThat(node.getStatus().getConditions()).extracting(NodeCondition::getType, NodeCondition::getStatus, NodeCondition::getReason)
            .containsExactly(org.assertj.core.groups.Tuple.tuple("NetworkUnavailable", "False", "RouteCreated"));
      });
    }
  }
}
