package io.kubrig.operators.loadbalancer;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sees to it that services of the type LoadBalancer can be reached from outside. Keys are services. Does nothing without a pool. */
public final class ServiceLoadBalancerController implements Controller {
  /** The flag that names the pool. */
  public static final String POOL = "load-balancer-pool";

  private static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
  private static final String TYPE = "LoadBalancer";

  private final Api api;
  private final Cached<Service> services;
  private final EventRecorder events;
  private final Optional<LoadBalancers> balancers;
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. @throws IllegalArgumentException the pool makes no sense */
  public ServiceLoadBalancerController(ControllerContext context) {
    this.api = context.api();
    this.services = context.caches().of(Service.class);
    this.events = context.events("service-controller");
    List<String> pool = context.options().strings(POOL);
    this.balancers = pool.isEmpty() ? Optional.empty() : Optional.of(new PooledLoadBalancers(AddressPool.of(pool), services::list));
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
    if (balancers.isPresent()) {
      services.watch(added -> queue.add(Key.of(added)), (before, after) -> queue.add(Key.of(after)), this::gone);
    }
  }

  private void gone(Service service) {
    balancers.orElseThrow().release(service);
    services.list().stream().filter(other -> isWanted(other) && PooledLoadBalancers.addresses(other).isEmpty()).map(Key::of)
        .forEach(work::add);
  }

  @Override
  public Retries retries() {
    return new Retries(Duration.ofSeconds(5), Duration.ofSeconds(300));
  }

  private static boolean isWanted(Service service) {
    return TYPE.equals(service.getSpec().getType()) && service.getSpec().getLoadBalancerClass() == null && !Objects.isTerminating(service);
  }

  private static boolean isMarked(Service service) {
    return Objects.orEmpty(service.getMetadata().getFinalizers()).contains(FINALIZER);
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Service> service = services.get(key);
    if (service.isEmpty()) {
      return Outcome.DONE;
    }
    try {
      if (isWanted(service.get())) {
        ensure(service.get());
      } else if (isMarked(service.get()) && (Objects.isTerminating(service.get()) || !TYPE.equals(service.get().getSpec().getType()))) {
        remove(service.get());
      }
      return Outcome.DONE;
    } catch (LoadBalancerException e) {
      events.warning(service.get(), "SyncLoadBalancerFailed", "Error syncing load balancer: failed to ensure load balancer: "
          + e.getMessage());
      return Outcome.RETRY;
    }
  }

  private void ensure(Service service) {
    List<String> addresses = balancers.orElseThrow().ensure(service);
    boolean shown = addresses.equals(PooledLoadBalancers.addresses(service));
    if (shown && isMarked(service)) {
      return;
    }
    events.normal(service, "EnsuringLoadBalancer", "Ensuring load balancer");
    if (!isMarked(service)) {
      finalizer(service, "finalizers");
    }
    if (!shown) {
      show(service, addresses);
    }
    events.normal(service, "EnsuredLoadBalancer", "Ensured load balancer");
  }

  private void remove(Service service) {
    events.normal(service, "DeletingLoadBalancer", "Deleting load balancer");
    if (!Objects.isTerminating(service)) {
      show(service, List.of());
    }
    finalizer(service, "$deleteFromPrimitiveList/finalizers");
    gone(service);
    events.normal(service, "DeletedLoadBalancer", "Deleted load balancer");
  }

  /** Adds or takes away the finalizer, through the status, as the account may. @param how the member of a strategic merge patch for it */
  private void finalizer(Service service, String how) {
    try {
      api.patch(service, "status", PatchType.STRATEGIC_MERGE,
          Map.of("metadata", Map.of("uid", service.getMetadata().getUid(), how, List.of(FINALIZER))));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  private void show(Service service, List<String> addresses) {
    Map<String, Object> ingress = new LinkedHashMap<>();
    ingress.put("ingress", addresses.isEmpty() ? null : addresses.stream().map(ip -> Map.of("ip", ip, "ipMode", "VIP")).toList());
    api.patch(service, "status", PatchType.JSON_MERGE, Map.of("status", Map.of("loadBalancer", ingress)));
  }
}
