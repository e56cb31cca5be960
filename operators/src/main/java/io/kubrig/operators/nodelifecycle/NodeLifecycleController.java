package io.kubrig.operators.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.ControllerManagerOptions;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches over the nodes. Keys: a node by name, a pod by namespace and name, and the two sweeps. */
public final class NodeLifecycleController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLifecycleController.class);
  private static final Key MONITOR = new Key("sweep", "monitor");
  private static final Key EVICT = new Key("sweep", "evict");
  private static final String NODE = "node";
  private static final String POD = "pod:";
  private static final Duration EVICTION_PERIOD = Duration.ofMillis(100);
  private static final String LEASES = "kube-node-lease";
  private static final int TAINT_TRIES = 5;
  private static final String EXCLUDED = "node.kubernetes.io/exclude-disruption";
  private static final Map<String, String> SECONDARY_LABELS = Map.of(
      "kubernetes.io/os", "beta.kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/arch");

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<Node> nodes;
  private final Cached<Lease> leases;
  private final Zones zones;
  private final NodePods pods;
  private final Duration period;
  private final Duration grace;
  private final Duration startupGrace;
  private final Map<String, NodeHealth> health = new ConcurrentHashMap<>();
  private final Map<String, Node> known = new HashMap<>(); // only the monitor's
  private final Map<String, Set<String>> births = new ConcurrentHashMap<>(); // keys of taints, until the first look
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public NodeLifecycleController(ControllerContext context) {
    ControllerManagerOptions options = context.options();
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("node-controller");
    this.nodes = context.caches().of(Node.class);
    this.leases = context.caches().of(Lease.class);
    this.pods = new NodePods(api, context.caches().of(Pod.class), events, clock);
    this.period = options.duration("node-monitor-period");
    this.grace = options.duration("node-monitor-grace-period");
    this.startupGrace = options.duration("node-startup-grace-period");
    this.zones = new Zones(new Zones.Rates(options.real("node-eviction-rate"), options.real("secondary-node-eviction-rate"),
        options.integer("large-cluster-size-threshold"), options.real("unhealthy-zone-threshold")), clock);
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
    nodes.watch(node -> {
      born(node);
      look(queue, node);
    }, (before, after) -> look(queue, after), node -> {
      births.remove(node.getMetadata().getName());
      look(queue, node);
    });
    pods.watch(pod -> queue.add(new Key(pod.getMetadata().getNamespace(), POD + pod.getMetadata().getName())));
  }

  private static void look(Queue queue, Node node) {
    queue.add(new Key(NODE, node.getMetadata().getName()));
  }

  /**
   * Remembers which of its taints a node does not call for when it appears: the one of admission, which has no time. Who looks at once
   * takes it away and gives it back when the first condition says so; a late look must not end differently.
   */
  private void born(Node node) {
    Set<String> stale = NodeTaints.noSchedule(node, clock.now()).remove().stream().map(Taint::getKey).collect(Collectors.toSet());
    births.put(node.getMetadata().getName(), stale);
  }

  @Override
  public void started() {
    work.add(MONITOR);
  }

  @Override
  public Outcome reconcile(Key key) {
    if (key.equals(MONITOR)) {
      monitor();
      return Outcome.after(period);
    }
    if (key.equals(EVICT)) {
      zones.due().forEach(this::evict);
      return zones.anyWaits() ? Outcome.after(EVICTION_PERIOD) : Outcome.DONE;
    }
    if (key.name().startsWith(POD)) {
      bound(new Key(key.namespace(), key.name().substring(POD.length())));
    } else {
      nodes.get("", key.name()).ifPresent(this::adjust);
    }
    return Outcome.DONE;
  }

  /** A pod that comes to a node that is not ready is not ready either. */
  private void bound(Key key) {
    pods.get(key).ifPresent(pod -> {
      NodeHealth last = health.get(pod.getSpec().getNodeName());
      if (last != null && last.ready() != null && !"True".equals(last.ready().getStatus())) {
        pods.notReady(pod);
      }
    });
  }

  private void adjust(Node node) {
    Set<String> stale = births.getOrDefault(node.getMetadata().getName(), Set.of());
    write(node, NodeTaints.noSchedule(node, stale, clock.now()));
    births.remove(node.getMetadata().getName(), stale);
    Map<String, String> labels = new HashMap<>();
    SECONDARY_LABELS.forEach((primary, secondary) -> {
      String value = Objects.labels(node).get(primary);
      if (value != null && !value.equals(Objects.labels(node).get(secondary))) {
        labels.put(secondary, value);
      }
    });
    if (!labels.isEmpty()) {
      api.patch(node, PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("labels", labels)));
    }
  }

  /** Carries out a swap; on the node as it is at the server when it has moved on. */
  private void write(Node seen, TaintSwap swap) {
    Optional<Node> node = Optional.of(seen);
    for (int tries = TAINT_TRIES; node.isPresent() && !swap.isNothing(); tries--) {
      Node current = node.get();
      try {
        swap.on(current).ifPresent(taints -> write(current, taints));
        return;
      } catch (KubernetesClientException e) {
        if (!ApiErrors.isConflict(e) || tries == 1) {
          throw e;
        }
        node = api.live(Node.class, "", seen.getMetadata().getName());
      }
    }
  }

  private void write(Node node, List<Taint> taints) {
    Map<String, Object> spec = new HashMap<>();
    spec.put("taints", taints.isEmpty() ? null : Objects.parse(Objects.json(taints), List.class));
    api.patch(node, PatchType.JSON_MERGE,
        Map.of("metadata", Map.of("resourceVersion", node.getMetadata().getResourceVersion()), "spec", spec));
  }

  private void monitor() {
    List<Node> all = nodes.list();
    introduce(all);
    Map<String, List<String>> ready = new HashMap<>();
    for (Node node : all) {
      try {
        String now = look(node);
        if (!Objects.labels(node).containsKey(EXCLUDED)) {
          ready.computeIfAbsent(Zones.of(node), z -> new ArrayList<>()).add(now);
        }
      } catch (RuntimeException e) {
        LOG.warn("node-lifecycle-controller: node {} is looked at again: {}", node.getMetadata().getName(), ApiErrors.message(e));
      }
    }
    switch (zones.update(ready)) {
      case ALL_DOWN -> all.forEach(this::reachable);
      case BACK -> health.replaceAll((name, last) -> last.heardNow(clock.now()));
      case NONE -> { }
    }
  }

  /** When its zone's turn comes. */
  private void taintLater(Node node) {
    zones.enqueue(Zones.of(node), node.getMetadata().getName());
    work.addAfter(EVICT, EVICTION_PERIOD);
  }

  private void introduce(List<Node> all) {
    Map<String, Node> current = new HashMap<>();
    all.forEach(node -> current.put(node.getMetadata().getName(), node));
    current.forEach((name, node) -> {
      if (known.put(name, node) == null) {
        tell(node, "RegisteredNode", "Registered Node " + name + " in Controller");
      }
    });
    known.values().removeIf(node -> {
      String name = node.getMetadata().getName();
      boolean gone = !current.containsKey(name);
      if (gone) {
        tell(node, "RemovingNode", "Removing Node " + name + " from Controller");
        health.remove(name);
        zones.forget(name);
      }
      return gone;
    });
  }

  private void tell(Node node, String reason, String what) {
    events.record(reference(node), EventRecorder.NORMAL, reason, "Node " + node.getMetadata().getName() + " event: " + what);
  }

  private static ObjectReference reference(Node node) {
    return new ObjectReferenceBuilder().withApiVersion("v1").withKind("Node").withName(node.getMetadata().getName())
        .withUid(node.getMetadata().getUid()).build();
  }

  /** Looks at one node and answers what Ready says afterwards. */
  private String look(Node node) {
    String name = node.getMetadata().getName();
    Instant now = clock.now();
    Optional<Lease> lease = leases.get(LEASES, name);
    NodeHealth current = NodeHealth.next(health.get(name), HealthPlan.condition(node, HealthPlan.READY), lease, Objects.created(node), now);
    health.put(name, current);
    String observed = HealthPlan.ready(node);
    Duration patience = current.ready() == null ? startupGrace : grace;
    Node after = node;
    if (now.isAfter(current.heard().plus(patience))) {
      Optional<Node> silent = HealthPlan.silent(node, now);
      if (silent.isPresent()) {
        after = api.updateStatus(silent.get());
        health.put(name, current.written(HealthPlan.condition(after, HealthPlan.READY).orElse(null)));
      }
    }
    if (HealthPlan.condition(after, HealthPlan.READY).isPresent()) {
      judge(after, observed);
    }
    return HealthPlan.ready(after);
  }

  private void judge(Node node, String observed) {
    String name = node.getMetadata().getName();
    if (observed.equals("True")) {
      reachable(node);
    } else if (!NodeTaints.isEvicting(node, observed)) {
      if (NodeTaints.isEvicting(node)) {
        write(node, NodeTaints.noExecute(node, observed, clock.now()));
      } else {
        taintLater(node);
      }
    }
    if (observed.equals("True") && !"True".equals(HealthPlan.ready(node))) {
      events.record(reference(node), EventRecorder.NORMAL, "NodeNotReady", "Node " + name + " status is now: NodeNotReady");
      pods.onNode(name).forEach(pod -> work.add(new Key(pod.getMetadata().getNamespace(), POD + pod.getMetadata().getName())));
    }
  }

  private void reachable(Node node) {
    zones.forget(node.getMetadata().getName());
    write(node, NodeTaints.noExecute(node, "True", clock.now()));
  }

  /** Gives a node its NoExecute taint, now that its zone's turn has come. */
  private void evict(String name) {
    nodes.get("", name).ifPresent(node -> {
      String ready = HealthPlan.ready(node);
      if (!ready.equals("True")) {
        try {
          write(node, NodeTaints.noExecute(node, ready, clock.now()));
        } catch (RuntimeException e) {
          taintLater(node);
          throw e;
        }
      }
    });
  }
}
