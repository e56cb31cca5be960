package io.kubrig.operators.loadbalancer;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.kubrig.operators.cloud.CloudException;
import io.kubrig.operators.cloud.LoadBalancers;
import io.kubrig.operators.engine.Batches;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.events.EventRecorder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes that balancers send to, and what each balancer was last told of them. */
final class BalancerHosts {
  private static final Logger LOG = LoggerFactory.getLogger(BalancerHosts.class);
  private static final int NAMES = 20;
  private static final String NO_NODES = "There are no available nodes for LoadBalancer";

  private final Cached<Node> nodes;
  private final EventRecorder events;
  private final BalancerMetrics metrics;
  private final String cluster;
  private final int workers;
  private final ConcurrentMap<Key, List<Node>> told = new ConcurrentHashMap<>();

  BalancerHosts(ControllerContext context, String cluster, EventRecorder events) {
    this.nodes = context.caches().of(Node.class);
    this.events = events;
    this.metrics = new BalancerMetrics(context.metrics(), context.clock());
    this.cluster = cluster;
    this.workers = Math.max(1, context.options().integer("concurrent-service-syncs"));
  }

  /** Tells when the balancers may have to send elsewhere. */
  void watch(Runnable changed) {
    nodes.watch(added -> changed.run(), (before, after) -> {
      if (Eligibility.matters(before, after)) {
        changed.run();
      }
    }, gone -> changed.run());
  }

  private List<Node> backends() {
    return nodes.list().stream().filter(Eligibility::isBackend).toList();
  }

  /** The nodes for a balancer that is made now. */
  List<Node> forBalancer(Service service) {
    List<Node> backends = backends();
    if (backends.isEmpty()) {
      events.warning(service, "UnAvailableLoadBalancer", NO_NODES);
    }
    told.put(Key.of(service), backends);
    return backends;
  }

  void forget(Key service) {
    told.remove(service);
  }

  /** Tells the balancers of services of the nodes that there are now. Returns the services for which that failed. */
  List<Key> sync(LoadBalancers balancers, List<Service> services) throws InterruptedException {
    long begin = metrics.begin();
    List<Key> failed = Collections.synchronizedList(new ArrayList<>());
    List<Callable<Void>> steps = services.stream().filter(Eligibility::wantsBalancer).map(service -> (Callable<Void>) () -> {
      if (!sync(balancers, service)) {
        failed.add(Key.of(service));
      }
      return null;
    }).toList();
    for (int next = 0; next < steps.size(); next += workers) {
      Batches.Result result = Batches.all(steps.subList(next, Math.min(steps.size(), next + workers)));
      result.failure().ifPresent(failure -> {
        throw failure;
      });
    }
    metrics.nodesSynced(begin);
    return failed;
  }

  private boolean sync(LoadBalancers balancers, Service service) {
    List<Node> now = backends();
    List<Node> before = told.put(Key.of(service), now); // a failure is tried again with the service, which is told anew then
    if (identities(before == null ? List.of() : before.stream().filter(Eligibility::isBackend).toList()).equals(identities(now))) {
      return true;
    }
    long begin = metrics.begin();
    try {
      balancers.update(cluster, service, now);
      if (now.isEmpty()) {
        events.warning(service, "UnAvailableLoadBalancer", NO_NODES);
      } else {
        events.normal(service, "UpdatedLoadBalancer", "Updated load balancer with new hosts");
      }
      return true;
    } catch (CloudException e) {
      return e.isElsewhere() || !failed(balancers, service, now, e);
    } finally {
      metrics.hostsUpdated(begin);
    }
  }

  private static Map<String, String> identities(List<Node> nodes) {
    Map<String, String> identities = new TreeMap<>();
    nodes.forEach(node -> identities.put(node.getMetadata().getName(), Eligibility.providerId(node)));
    return identities;
  }

  /** Whether it is a failure that a balancer was not told: one that is not there needs not be. */
  private boolean failed(LoadBalancers balancers, Service service, List<Node> now, CloudException failure) {
    try {
      if (balancers.find(cluster, service).isEmpty()) {
        return false;
      }
    } catch (CloudException e) {
      LOG.error("failed to check if load balancer exists for service {}: {}", Key.of(service), e.getMessage());
    }
    metrics.nodeSyncFailed();
    LOG.error("failed to update load balancer hosts for service {}: {}", Key.of(service), failure.getMessage());
    events.warning(service, "UpdateLoadBalancerFailed", "Error updating load balancer with new hosts " + names(now)
        + " [node names limited, total number of nodes: " + now.size() + "], error: " + failure.getMessage());
    return true;
  }

  /** The names as Go shows a list, no more than a few. */
  static String names(List<Node> nodes) {
    List<String> names = new ArrayList<>(nodes.stream().limit(NAMES).map(node -> node.getMetadata().getName()).sorted().toList());
    if (nodes.size() > NAMES) {
      names.add("<" + (nodes.size() - NAMES) + " more>");
    }
    return "[" + String.join(" ", names) + "]";
  }
}
