package io.kubrig.operators.noderoute;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.cloud.CloudProvider;
import io.kubrig.operators.cloud.CloudProviders;
import io.kubrig.operators.cloud.Route;
import io.kubrig.operators.cloud.Routes;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Batches;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routes to the pods of all nodes: looks at all of them once in a period. Does nothing without {@code --allocate-node-cidrs} and
 * {@code --configure-cloud-routes}. Its one key stands for all routes.
 */
public final class NodeRouteController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRouteController.class);
  private static final Key ROUTES = Key.of("routes");
  private static final int AT_ONCE = 200;
  private static final int TRIES = 5;

  private final Api api;
  private final Clock clock;
  private final Cached<Node> nodes;
  private final EventRecorder events;
  private final Optional<Routes> routes;
  private final Duration period;
  private final String cluster;
  private final List<Cidr> ranges;
  private final Counter syncs;
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public NodeRouteController(ControllerContext context) {
    this(context, isWanted(context.options()) ? CloudProviders.of(context).flatMap(CloudProvider::routes) : Optional.empty());
  }

  /** @param routes who makes the routes; empty when nobody does, and then nothing is done */
  public NodeRouteController(ControllerContext context, Optional<Routes> routes) {
    ControllerManagerOptions options = context.options();
    this.api = context.api();
    this.clock = context.clock();
    this.nodes = context.caches().of(Node.class);
    this.events = context.events("route_controller");
    this.routes = routes;
    this.period = options.duration("route-reconciliation-period");
    this.cluster = options.string("cluster-name");
    this.ranges = Arrays.stream(options.string("cluster-cidr").split(",")).flatMap(range -> Cidr.parse(range.strip()).stream()).toList();
    this.syncs = Counter.builder("route_controller_route_sync_total").register(context.metrics());
  }

  private static boolean isWanted(ControllerManagerOptions options) {
    boolean allocates = options.bool("allocate-node-cidrs");
    boolean routes = options.bool("configure-cloud-routes");
    if (!allocates || !routes) {
      LOG.info("Will not configure cloud provider routes for allocate-node-cidrs: {}, configure-cloud-routes: {}.", allocates, routes);
    }
    return allocates && routes;
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
  }

  @Override
  public void started() {
    if (routes.isPresent()) {
      work.add(ROUTES);
    }
  }

  @Override
  public Outcome reconcile(Key key) throws InterruptedException {
    syncs.increment();
    try {
      reconcile(routes.orElseThrow());
    } catch (RuntimeException e) {
      LOG.error("Couldn't reconcile node routes: {}", ApiErrors.message(e));
    }
    return Outcome.after(period, "the route reconciliation period");
  }

  private void reconcile(Routes provider) throws InterruptedException {
    List<Route> existing = provider.list(cluster);
    List<Node> all = nodes.list();
    RoutePlan plan = RoutePlan.of(new RoutePlan.Observed(all, existing, ranges, provider.knowsAddresses()));
    together(plan.remove().stream().map(route -> step(() -> remove(provider, route))).toList());
    Set<RoutePlan.Addition> made = ConcurrentHashMap.newKeySet();
    together(plan.add().stream().map(addition -> step(() -> {
      if (add(provider, addition)) {
        made.add(addition);
      }
    })).toList());
    together(all.stream().filter(node -> plan.judged().contains(node.getMetadata().getName()))
        .map(node -> step(() -> tell(node, plan.isReached(node.getMetadata().getName(), made)))).toList());
  }

  private static Callable<Void> step(Runnable work) {
    return () -> {
      work.run();
      return null;
    };
  }

  private static void together(List<Callable<Void>> steps) throws InterruptedException {
    for (int next = 0; next < steps.size(); next += AT_ONCE) {
      Batches.Result result = Batches.all(steps.subList(next, Math.min(steps.size(), next + AT_ONCE)));
      result.failure().ifPresent(failure -> {
        throw failure;
      });
    }
  }

  private void remove(Routes provider, Route route) {
    try {
      provider.delete(cluster, route);
      LOG.info("Deleted route {} {}", route.name(), route.destination());
    } catch (RuntimeException e) {
      LOG.error("Could not delete route {} {}: {}", route.name(), route.destination(), ApiErrors.message(e));
    }
  }

  private boolean add(Routes provider, RoutePlan.Addition addition) {
    Route route = addition.route();
    for (int tries = TRIES; tries > 0; tries--) {
      Instant begin = clock.now();
      try {
        provider.create(cluster, addition.uid(), route);
        LOG.info("Created route for node {} {}", route.node(), route.destination());
        return true;
      } catch (RuntimeException e) {
        String message = "Could not create route " + addition.uid() + " " + route.destination() + " for node " + route.node() + " after "
            + GoDuration.format(Duration.between(begin, clock.now())) + ": " + ApiErrors.message(e);
        events.record(new ObjectReferenceBuilder().withApiVersion("v1").withKind("Node").withName(route.node()).withUid(addition.uid())
            .build(), EventRecorder.WARNING, "FailedToCreateRoute", message);
        if (!ApiErrors.isConflict(e)) {
          LOG.error("{}", message);
          return false;
        }
      }
    }
    return false;
  }

  private void tell(Node node, boolean reached) {
    String status = reached ? "False" : "True";
    String reason = reached ? "RouteCreated" : "NoRouteCreated";
    List<NodeCondition> conditions = node.getStatus() == null ? List.of() : Objects.orEmpty(node.getStatus().getConditions());
    boolean told = conditions.stream().anyMatch(condition -> "NetworkUnavailable".equals(condition.getType())
        && status.equals(condition.getStatus()) && reason.equals(condition.getReason()));
    if (told) {
      return;
    }
    String now = Objects.time(clock.now());
    Map<String, Object> condition = new LinkedHashMap<>();
    condition.put("type", "NetworkUnavailable");
    condition.put("status", status);
    condition.put("lastHeartbeatTime", now);
    condition.put("lastTransitionTime", now);
    condition.put("reason", reason);
    condition.put("message", reached ? "RouteController created a route" : "RouteController failed to create a route");
    try {
      api.patch(node, "status", PatchType.STRATEGIC_MERGE, Map.of("status", Map.of("conditions", List.of(condition))));
    } catch (RuntimeException e) {
      LOG.error("Error updating node {}: {}", node.getMetadata().getName(), ApiErrors.message(e));
    }
  }
}
