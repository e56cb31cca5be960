package io.kubrig.operators.loadbalancer;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.services.ServicePods;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Bare metal: every service gets addresses of a pool. What was given is read from the services' statuses: a restart loses nothing. */
final class PooledLoadBalancers implements LoadBalancers {
  private final AddressPool pool;
  private final Supplier<List<Service>> services;
  private final Map<String, List<String>> given = new HashMap<>(); // by uid, what statuses may not say yet; guarded by this

  PooledLoadBalancers(AddressPool pool, Supplier<List<Service>> services) {
    this.pool = pool;
    this.services = services;
  }

  @Override
  public synchronized List<String> ensure(Service service) {
    String uid = service.getMetadata().getUid();
    Set<String> taken = new HashSet<>();
    services.get().stream().filter(other -> !uid.equals(other.getMetadata().getUid())).forEach(other -> taken.addAll(addresses(other)));
    given.forEach((other, addresses) -> taken.addAll(other.equals(uid) ? List.of() : addresses));
    Optional<String> wanted = Optional.ofNullable(service.getSpec().getLoadBalancerIP()).filter(address -> !address.isEmpty());
    List<String> current = given.getOrDefault(uid, addresses(service));
    List<String> chosen = pool.choose(ServicePods.families(service), wanted, current, taken);
    given.put(uid, chosen);
    return chosen;
  }

  @Override
  public synchronized void release(Service service) {
    given.remove(service.getMetadata().getUid());
  }

  /** The addresses that a service's status shows. */
  static List<String> addresses(Service service) {
    if (service.getStatus() == null || service.getStatus().getLoadBalancer() == null) {
      return List.of();
    }
    return Objects.orEmpty(service.getStatus().getLoadBalancer().getIngress()).stream().map(LoadBalancerIngress::getIp)
        .filter(java.util.Objects::nonNull).toList();
  }
}
