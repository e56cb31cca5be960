package io.kubrig.operators.loadbalancer;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.operators.cloud.CloudException;
import io.kubrig.operators.cloud.CloudProvider;
import io.kubrig.operators.cloud.CloudProviders;
import io.kubrig.operators.cloud.LoadBalancers;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that services of the type LoadBalancer can be reached from outside. Keys are services, and all nodes together. */
public final class ServiceLoadBalancerController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceLoadBalancerController.class);
  private static final Key NODES = Key.of("nodes");

  private final Api api;
  private final Cached<Service> services;
  private final EventRecorder events;
  private final Optional<LoadBalancers> balancers;
  private final BalancerHosts hosts;
  private final String cluster;
  private final ConcurrentMap<Key, Service> known = new ConcurrentHashMap<>(); // as they were last seen to; gone with their balancers
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public ServiceLoadBalancerController(ControllerContext context) {
    this(context, CloudProviders.of(context).flatMap(CloudProvider::loadBalancers));
  }

  /** @param balancers who makes the balancers; empty when nobody does, and then nothing is done */
  public ServiceLoadBalancerController(ControllerContext context, Optional<LoadBalancers> balancers) {
    this.api = context.api();
    this.services = context.caches().of(Service.class);
    this.events = context.events("service-controller");
    this.balancers = balancers;
    this.cluster = context.options().string("cluster-name");
    this.hosts = new BalancerHosts(context, cluster, events);
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
    if (balancers.isEmpty()) {
      LOG.warn("service-lb-controller: the cloud provider does not support external load balancers");
      return;
    }
    services.watch(added -> wake(queue, added, Eligibility.wantsBalancer(added)),
        (before, after) -> wake(queue, after, Eligibility.needsUpdate(before, after)), gone -> {
          queue.add(Key.of(gone));
          wakeThoseWithout();
        });
    hosts.watch(() -> queue.add(NODES));
  }

  private static void wake(Queue queue, Service service, boolean matters) {
    if (matters || Eligibility.needsCleanup(service)) {
      queue.add(Key.of(service));
    }
  }

  /** What one service gave back another one may have. */
  private void wakeThoseWithout() {
    services.list().stream().filter(other -> Eligibility.wantsBalancer(other) && ingress(other.getStatus() == null ? null
        : other.getStatus().getLoadBalancer()).isEmpty()).map(Key::of).forEach(work::add);
  }

  @Override
  public Retries retries() {
    return new Retries(Duration.ofSeconds(5), Duration.ofSeconds(300));
  }

  @Override
  public Outcome reconcile(Key key) throws InterruptedException {
    if (balancers.isEmpty()) {
      return Outcome.DONE;
    }
    if (key.equals(NODES)) {
      hosts.sync(balancers.get(), List.copyOf(known.values())).forEach(work::add);
      return Outcome.DONE;
    }
    Optional<Service> service = services.get(key);
    Service before = known.get(key);
    if (before != null && service.filter(now -> uid(now).equals(uid(before))).isEmpty() && !forget(key, before)) {
      return Outcome.RETRY;
    }
    return service.map(found -> reconcile(key, found)).orElse(Outcome.DONE);
  }

  private static String uid(Service service) {
    return service.getMetadata().getUid();
  }

  /** Takes away the balancer of a service that went without waiting for that. */
  private boolean forget(Key key, Service gone) {
    if (Eligibility.wantsBalancer(gone)) {
      events.normal(gone, "DeletingLoadBalancer", "Deleting load balancer");
      try {
        balancers.orElseThrow().delete(cluster, gone);
      } catch (CloudException e) {
        events.warning(gone, "DeleteLoadBalancerFailed", "Error deleting load balancer: " + e.getMessage());
        return false;
      }
      events.normal(gone, "DeletedLoadBalancer", "Deleted load balancer");
    }
    known.remove(key);
    hosts.forget(key);
    return true;
  }

  private Outcome reconcile(Key key, Service service) {
    known.put(key, service);
    try {
      if (!Eligibility.wantsBalancer(service) || Eligibility.needsCleanup(service)) {
        remove(service);
        known.remove(key);
        hosts.forget(key);
      } else {
        ensure(service);
      }
      return Outcome.DONE;
    } catch (SyncException e) {
      events.warning(service, "SyncLoadBalancerFailed", "Error syncing load balancer: " + e.getMessage());
      return e.retryAfter().map(pause -> Outcome.after(pause, "the cloud provider")).orElse(Outcome.RETRY);
    }
  }

  private void remove(Service service) {
    LoadBalancers provider = balancers.orElseThrow();
    if (SyncException.asking("failed to check if load balancer exists before cleanup", () -> provider.find(cluster, service)).isPresent()) {
      events.normal(service, "DeletingLoadBalancer", "Deleting load balancer");
      SyncException.doing("failed to delete load balancer", () -> provider.delete(cluster, service));
    }
    if (Eligibility.isMarked(service)) {
      SyncException.doing("failed to remove load balancer cleanup finalizer", () -> unmark(service));
    } else {
      show(service, List.of());
    }
    events.normal(service, "DeletedLoadBalancer", "Deleted load balancer");
    wakeThoseWithout();
  }

  private void ensure(Service service) {
    events.normal(service, "EnsuringLoadBalancer", "Ensuring load balancer");
    if (!Eligibility.isMarked(service)) {
      SyncException.doing("failed to add load balancer cleanup finalizer", () -> mark(service));
    }
    List<Node> nodes = hosts.forBalancer(service);
    LoadBalancerStatus status;
    try {
      status = balancers.orElseThrow().ensure(cluster, service, nodes);
    } catch (CloudException e) {
      if (e.isElsewhere()) {
        return;
      }
      throw new SyncException("failed to ensure load balancer", e);
    }
    if (status == null) {
      throw new SyncException("service status returned by EnsureLoadBalancer is nil");
    }
    events.normal(service, "EnsuredLoadBalancer", "Ensured load balancer");
    show(service, ingress(status));
  }

  /** Adds the finalizer, through the status, as the account may. */
  private void mark(Service service) {
    api.patch(service, "status", PatchType.STRATEGIC_MERGE,
        Map.of("metadata", Map.of("uid", uid(service), "finalizers", List.of(Eligibility.FINALIZER))));
  }

  /** Takes the finalizer away, and the addresses with it: nobody would look at a service that had lost the finalizer only. */
  private void unmark(Service service) {
    api.patch(service, "status", PatchType.STRATEGIC_MERGE, Map.of(
        "metadata", Map.of("uid", uid(service), "$deleteFromPrimitiveList/finalizers", List.of(Eligibility.FINALIZER)),
        "status", Map.of("loadBalancer", balancer(List.of()))));
  }

  private static Map<String, Object> balancer(List<LoadBalancerIngress> ingress) {
    Map<String, Object> balancer = new HashMap<>();
    balancer.put("ingress", ingress.isEmpty() ? null : Objects.parse(Objects.json(ingress), List.class));
    return balancer;
  }

  private static List<LoadBalancerIngress> ingress(LoadBalancerStatus status) {
    return status == null ? List.of() : Objects.orEmpty(status.getIngress());
  }

  /** Writes where a service can be reached, unless it says so; a service that has gone needs to say nothing. */
  private void show(Service service, List<LoadBalancerIngress> wanted) {
    if (wanted.equals(ingress(service.getStatus() == null ? null : service.getStatus().getLoadBalancer()))) {
      return;
    }
    SyncException.doing("failed to update load balancer status", () -> {
      try {
        api.patch(service, "status", PatchType.STRATEGIC_MERGE,
            Map.of("metadata", Map.of("uid", uid(service)), "status", Map.of("loadBalancer", balancer(wanted))));
      } catch (RuntimeException e) {
        if (!ApiErrors.isNotFound(e)) {
          throw e;
        }
      }
    });
  }
}
