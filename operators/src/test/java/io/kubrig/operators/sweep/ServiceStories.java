package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.kubrig.operators.disruption.DisruptionController;
import io.kubrig.operators.endpoints.EndpointsController;
import io.kubrig.operators.endpointslice.EndpointSliceController;
import io.kubrig.operators.endpointslicemirroring.EndpointSliceMirroringController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.replicas.ReplicaController;
import io.kubrig.operators.replicaset.ReplicaSets;
import io.kubrig.operators.serviceaccount.DefaultAccountController;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** The stories of what follows pods, endpoints and namespaces: it says in the end what is there, once. */
final class ServiceStories {
  private ServiceStories() {}

  private static List<String> sliced(MemoryServer server) {
    return Stories.all(server, EndpointSlice.class).stream().flatMap(slice -> Objects.orEmpty(slice.getEndpoints()).stream())
        .flatMap(endpoint -> endpoint.getAddresses().stream()).toList();
  }

  /** A service and a budget over the pods of a set that is resized. */
  static final class PodsStory implements Story {
    private static final int MOST = 5;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(context -> new ReplicaController<>(new ReplicaSets(), "replicaset-controller", context), EndpointsController::new,
          EndpointSliceController::new, DisruptionController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      new Stories.ReplicaSetStory().begin(server);
      server.create(new ServiceBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec()
          .withClusterIP("10.96.0.7").withClusterIPs("10.96.0.7").withIpFamilies("IPv4").withSelector(Map.of("app", "web"))
          .addNewPort().withPort(80).withTargetPort(new IntOrString(8080)).withProtocol("TCP").endPort().endSpec().build());
      server.create(new PodDisruptionBudgetBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec()
          .withMaxUnavailable(new IntOrString(1)).withNewSelector().addToMatchLabels("app", "web").endSelector().endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      switch (random.nextInt(4)) {
        case 0 -> Stories.edit(server, PodDisruptionBudget.class, "maxUnavailable", random.nextInt(3));
        case 1 -> server.find(Endpoints.class, Stories.KEY).ifPresent(found -> server.delete(found, Map.of(), true));
        case 2 -> Stories.all(server, EndpointSlice.class).stream().findFirst().ifPresent(found -> server.delete(found, Map.of(), true));
        default -> Stories.edit(server, ReplicaSet.class, "replicas", random.nextInt(MOST + 1));
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.before() == null && change.after() instanceof EndpointSlice) {
        assertThat(Stories.all(server, EndpointSlice.class)).as("slices of five pods").hasSize(1);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      List<String> ready = Stories.all(server, Pod.class).stream().filter(pod -> !Objects.isTerminating(pod))
          .map(pod -> pod.getStatus().getPodIP()).toList();
      Endpoints endpoints = server.find(Endpoints.class, Stories.KEY).orElseThrow();
      Stream<EndpointAddress> addresses = Objects.orEmpty(endpoints.getSubsets()).stream()
          .flatMap(subset -> Objects.orEmpty(subset.getAddresses()).stream());
      assertThat(addresses.map(EndpointAddress::getIp)).containsExactlyInAnyOrderElementsOf(ready);
      assertThat(sliced(server)).containsExactlyInAnyOrderElementsOf(ready);
      PodDisruptionBudget budget = server.find(PodDisruptionBudget.class, Stories.KEY).orElseThrow();
      assertThat(budget.getStatus().getCurrentHealthy()).isEqualTo(ready.size());
      assertThat(budget.getStatus().getExpectedPods()).isEqualTo(ready.size());
      assertThat(budget.getStatus().getObservedGeneration()).isEqualTo(budget.getMetadata().getGeneration());
      int allowed = Math.min(ready.size(), budget.getSpec().getMaxUnavailable().getIntVal());
      assertThat(budget.getStatus().getDisruptionsAllowed()).isEqualTo(allowed);
    }
  }

  /** Endpoints that their users write, mirrored. */
  static final class MirrorStory implements Story {
    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(EndpointSliceMirroringController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(new ServiceBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec()
          .withClusterIP("None").addNewPort().withPort(80).endPort().endSpec().build());
      server.create(endpoints(1));
    }

    private static Endpoints endpoints(int count) {
      List<EndpointAddress> addresses = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        addresses.add(new io.fabric8.kubernetes.api.model.EndpointAddressBuilder().withIp("10.1.0." + i).build());
      }
      EndpointsBuilder endpoints = new EndpointsBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata();
      return addresses.isEmpty() ? endpoints.build()
          : endpoints.addNewSubset().withAddresses(addresses).addNewPort().withPort(80).withProtocol("TCP").endPort().endSubset().build();
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      boolean there = server.find(Endpoints.class, Stories.KEY).isPresent();
      Endpoints next = endpoints(random.nextInt(5));
      if (!there) {
        server.create(next);
      } else if (random.nextInt(4) == 0) {
        server.delete(next, Map.of(), true);
      } else {
        server.update(next, false);
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.before() == null && change.after() instanceof EndpointSlice slice) {
        String owner = Objects.controllerOf(slice).orElseThrow().getUid();
        assertThat(Stories.all(server, EndpointSlice.class).stream()
            .filter(other -> owner.equals(Objects.controllerOf(other).orElseThrow().getUid()))).as("mirrors of one subset").hasSize(1);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      List<String> wanted = server.find(Endpoints.class, Stories.KEY).stream()
          .flatMap(endpoints -> Objects.orEmpty(endpoints.getSubsets()).stream())
          .flatMap(subset -> Objects.orEmpty(subset.getAddresses()).stream()).map(EndpointAddress::getIp).toList();
      assertThat(sliced(server)).containsExactlyInAnyOrderElementsOf(wanted);
      assertThat(server.find(Service.class, Stories.KEY)).isPresent();
    }
  }

  /** Namespaces that come and go, and users who delete their default accounts. */
  static final class AccountStory implements Story {
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(DefaultAccountController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      make(server);
    }

    private void make(MemoryServer server) {
      server.create(new NamespaceBuilder().withNewMetadata().withName("ns-" + made++).endMetadata().withNewStatus().withPhase("Active")
          .endStatus().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      List<ServiceAccount> accounts = Stories.all(server, ServiceAccount.class);
      if (random.nextBoolean() && !accounts.isEmpty()) {
        server.delete(accounts.get(random.nextInt(accounts.size())), Map.of(), true);
      } else {
        make(server);
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof ServiceAccount account) {
        assertThat(server.find(Namespace.class, Key.of(account.getMetadata().getNamespace()))).isPresent();
      }
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, ServiceAccount.class)).extracting(account -> account.getMetadata().getNamespace())
          .containsExactlyInAnyOrderElementsOf(
              Stories.all(server, Namespace.class).stream().map(one -> one.getMetadata().getName()).toList());
    }
  }
}
