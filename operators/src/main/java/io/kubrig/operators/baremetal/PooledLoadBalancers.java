package io.kubrig.operators.baremetal;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.LoadBalancerStatusBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.kubrig.operators.cloud.LoadBalancers;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.services.ServicePods;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Addresses of a pool, for each service its own. What was given is read from the services' statuses: a restart loses nothing. All nodes
 * serve all addresses, so a change of nodes means nothing here.
 */
final class PooledLoadBalancers implements LoadBalancers {
  private final AddressPool pool;
  private final Supplier<List<Service>> services;
  private final Map<String, List<String>> given = new HashMap<>(); // by uid, what statuses may not say yet; guarded by this

  PooledLoadBalancers(AddressPool pool, Supplier<List<Service>> services) {
    this.pool = pool;
    this.services = services;
  }

  @Override
  public synchronized Optional<LoadBalancerStatus> find(String cluster, Service service) {
    List<String> addresses = given.getOrDefault(service.getMetadata().getUid(), addresses(service));
    return addresses.isEmpty() ? Optional.empty() : Optional.of(status(addresses));
  }

  @Override
  public synchronized LoadBalancerStatus ensure(String cluster, Service service, List<Node> nodes) {
    String uid = service.getMetadata().getUid();
    Set<String> taken = new HashSet<>();
    Set<String> present = new HashSet<>();
    for (Service other : services.get()) {
      present.add(other.getMetadata().getUid());
      if (!uid.equals(other.getMetadata().getUid())) {
        taken.addAll(addresses(other));
      }
    }
    given.keySet().retainAll(present); // a service may go without a word
    given.forEach((other, addresses) -> taken.addAll(other.equals(uid) ? List.of() : addresses));
    Optional<String> wanted = Optional.ofNullable(service.getSpec().getLoadBalancerIP()).filter(address -> !address.isEmpty())
        .map(AddressPool::canonical);
    List<String> current = given.getOrDefault(uid, addresses(service));
    List<String> chosen = pool.choose(ServicePods.families(service), wanted, current, taken);
    given.put(uid, chosen);
    return status(chosen);
  }

  @Override
  public void update(String cluster, Service service, List<Node> nodes) {}

  @Override
  public synchronized void delete(String cluster, Service service) {
    given.remove(service.getMetadata().getUid());
  }

  private static LoadBalancerStatus status(List<String> addresses) {
    List<LoadBalancerIngress> ingress =
        addresses.stream().map(address -> new LoadBalancerIngressBuilder().withIp(address).withIpMode("VIP").build()).toList();
    return new LoadBalancerStatusBuilder().withIngress(ingress).build();
  }

  /** The addresses that a service's status shows. */
  private static List<String> addresses(Service service) {
    if (service.getStatus() == null || service.getStatus().getLoadBalancer() == null) {
      return List.of();
    }
    return Objects.orEmpty(service.getStatus().getLoadBalancer().getIngress()).stream().map(LoadBalancerIngress::getIp)
        .filter(java.util.Objects::nonNull).map(AddressPool::canonical).toList();
  }
}
