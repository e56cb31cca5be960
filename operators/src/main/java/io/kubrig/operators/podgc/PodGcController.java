package io.kubrig.operators.podgc;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.engine.Sweeps;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sweeps away pods that nobody else will. Its one key is the sweep itself. */
public final class PodGcController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(PodGcController.class);
  private static final Key SWEEP = Key.of("sweep");
  private static final Duration PERIOD = Duration.ofSeconds(20);
  private static final Duration QUARANTINE = Duration.ofSeconds(40);

  private final Api api;
  private final Clock clock;
  private final Cached<Pod> pods;
  private final Cached<Node> nodes;
  private final int threshold;
  private Sweeps sweeps; // set by watch, before anything runs
  private final Map<String, Instant> suspects = new HashMap<>(); // touched by the one worker only

  /** A controller in a manager. */
  public PodGcController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.pods = context.caches().of(Pod.class);
    this.nodes = context.caches().of(Node.class);
    this.threshold = context.options().integer("terminated-pod-gc-threshold");
  }

  @Override
  public void watch(Queue queue) {
    sweeps = new Sweeps(SWEEP, PERIOD, clock, queue);
    pods.onChange(pod -> sweeps.ask());
    nodes.onChange(node -> sweeps.ask());
    sweeps.ask();
  }

  @Override
  public Outcome reconcile(Key key) {
    sweeps.begun();
    List<Pod> all = pods.list();
    List<Node> known = nodes.list();
    PodGcPlan plan = PodGcPlan.of(new PodGcPlan.Observed(all, known, goneNodes(all, known), threshold));
    plan.orphaned().forEach(pod -> remove(pod, true));
    plan.others().forEach(pod -> remove(pod, false));
    return Outcome.after(PERIOD, "the next sweep");
  }

  /** Nodes that pods name but nobody has seen for the quarantine, and that the server does not know either. */
  private Set<String> goneNodes(List<Pod> all, List<Node> known) {
    Set<String> existing = known.stream().map(node -> node.getMetadata().getName()).collect(Collectors.toSet());
    Set<String> missing = all.stream().filter(Pods::isAssigned).map(pod -> pod.getSpec().getNodeName())
        .filter(name -> !existing.contains(name)).collect(Collectors.toSet());
    Instant now = clock.now();
    suspects.keySet().retainAll(missing);
    missing.forEach(name -> suspects.putIfAbsent(name, now.plus(QUARANTINE)));
    return missing.stream().filter(name -> !suspects.get(name).isAfter(now))
        .filter(name -> api.live(Node.class, null, name).isEmpty()).collect(Collectors.toSet());
  }

  private void remove(Pod pod, boolean orphaned) {
    try {
      if (!Pods.isFinished(pod)) {
        api.patch(pod, "status", PatchType.STRATEGIC_MERGE,
            Map.of("status", failed(orphaned), "metadata", Map.of("uid", pod.getMetadata().getUid())));
      }
      api.delete(pod, new Api.Deletion(pod.getMetadata().getUid(), null, 0L, null));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        LOG.warn("pod {} was not removed and is tried again: {}", Key.of(pod), ApiErrors.message(e));
      }
    }
  }

  private Map<String, Object> failed(boolean orphaned) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("phase", "Failed");
    if (orphaned) {
      status.put("conditions", List.of(Map.of("type", "DisruptionTarget", "status", "True", "reason", "DeletionByPodGC",
          "message", "PodGC: node no longer exists", "lastTransitionTime", Objects.time(clock.now()))));
    }
    return status;
  }
}
