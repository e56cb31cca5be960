package io.kubrig.operators.nodelifecycle;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.pods.Pods;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The pods of nodes, as far as a node's fate is theirs. */
final class NodePods {
  private static final String INDEX = "spec.nodeName";

  private final Api api;
  private final Cached<Pod> pods;
  private final EventRecorder events;
  private final Clock clock;

  NodePods(Api api, Cached<Pod> pods, EventRecorder events, Clock clock) {
    this.api = api;
    this.pods = pods;
    this.events = events;
    this.clock = clock;
    pods.index(INDEX, pod -> Pods.isAssigned(pod) ? List.of(pod.getSpec().getNodeName()) : List.of());
  }

  /** Tells of pods that come to a node. */
  void watch(Consumer<Pod> bound) {
    pods.watch(pod -> {
      if (Pods.isAssigned(pod)) {
        bound.accept(pod);
      }
    }, (before, after) -> {
      if (Pods.isAssigned(after) && !after.getSpec().getNodeName().equals(before.getSpec().getNodeName())) {
        bound.accept(after);
      }
    }, gone -> { });
  }

  Optional<Pod> get(Key key) {
    return pods.get(key).filter(Pods::isAssigned);
  }

  List<Pod> onNode(String node) {
    return pods.byIndex(INDEX, node);
  }

  /** Turns the condition Ready of a pod to False. */
  void notReady(Pod pod) {
    Optional<PodCondition> ready = Pods.condition(pod, "Ready").filter(c -> "True".equals(c.getStatus()));
    if (ready.isEmpty()) {
      return;
    }
    try {
      api.patch(pod, "status", PatchType.STRATEGIC_MERGE, Map.of(
          "metadata", Map.of("uid", pod.getMetadata().getUid()),
          "status", Map.of("conditions",
              List.of(Map.of("type", "Ready", "status", "False", "lastTransitionTime", Objects.time(clock.now()))))));
      events.warning(pod, "NodeNotReady", "Node is not ready");
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
