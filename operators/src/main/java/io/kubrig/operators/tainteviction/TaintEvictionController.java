package io.kubrig.operators.tainteviction;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
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
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Deletes pods that their node's NoExecute taints drive away. Keys are pods. */
public final class TaintEvictionController implements Controller {
  private static final String NO_EXECUTE = "NoExecute";
  private static final String INDEX = "spec.nodeName";
  private static final String MARK = "DisruptionTarget";
  private static final String CAUSE = "DeletionByTaintManager";
  private static final String MESSAGE = "Taint manager: deleting due to NoExecute taint";
  private static final String REASON = "TaintManagerEviction";

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<Node> nodes;
  private final Cached<Pod> pods;
  private final Map<Key, Leave> leaving = new ConcurrentHashMap<>();

  /** A controller in a manager. */
  public TaintEvictionController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("taint-eviction-controller");
    this.nodes = context.caches().of(Node.class);
    this.pods = context.caches().of(Pod.class);
    pods.index(INDEX, pod -> Pods.isAssigned(pod) ? List.of(pod.getSpec().getNodeName()) : List.of());
  }

  @Override
  public void watch(Queue queue) {
    pods.watch(added -> assigned(queue, added), (before, after) -> {
      if (!stay(before).equals(stay(after))) {
        assigned(queue, after);
      }
    }, gone -> assigned(queue, gone));
    nodes.watch(node -> tainted(queue, node, List.of()), (before, after) -> tainted(queue, after, taints(before)), gone -> { });
  }

  private static void assigned(Queue queue, Pod pod) {
    if (Pods.isAssigned(pod)) {
      queue.add(Key.of(pod));
    }
  }

  /** What of a pod says how long it may stay where: who it is, its node and its tolerations. */
  private static List<Object> stay(Pod pod) {
    return Arrays.asList(pod.getMetadata().getUid(), pod.getSpec().getNodeName(), Objects.orEmpty(pod.getSpec().getTolerations()));
  }

  private void tainted(Queue queue, Node node, List<Taint> before) {
    if (!taints(node).equals(before)) {
      pods.byIndex(INDEX, node.getMetadata().getName()).forEach(pod -> queue.add(Key.of(pod)));
    }
  }

  private static List<Taint> taints(Node node) {
    List<Taint> all = node.getSpec() == null ? List.of() : Objects.orEmpty(node.getSpec().getTaints());
    return all.stream().filter(taint -> NO_EXECUTE.equals(taint.getEffect())).toList();
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Pod> pod = pods.get(key).filter(Pods::isAssigned);
    Optional<Node> node = pod.flatMap(p -> nodes.get("", p.getSpec().getNodeName()));
    List<Taint> taints = node.map(TaintEvictionController::taints).orElse(List.of());
    String uid = pod.map(p -> p.getMetadata().getUid()).orElse("");
    leaving.computeIfPresent(key, (k, leave) -> leave.isStillSo(uid, taints) ? leave : null);
    if (pod.isEmpty()) {
      return Outcome.DONE;
    }
    return switch (Stay.of(taints, Objects.orEmpty(pod.get().getSpec().getTolerations()))) {
      case Stay.Forever forever -> stay(key, pod.get());
      case Stay.Not not -> leave(key, pod.get(), taints);
      case Stay.Only only -> leaveAfter(key, pod.get(), only.time(), taints);
    };
  }

  private Outcome stay(Key key, Pod pod) {
    Leave planned = leaving.remove(key);
    if (planned != null && !planned.done()) {
      events.record(reference(pod), EventRecorder.NORMAL, REASON, "Cancelling deletion of Pod " + key);
    }
    return Outcome.DONE;
  }

  private Outcome leaveAfter(Key key, Pod pod, Duration time, List<Taint> taints) {
    Instant now = clock.now();
    Leave leave = leaving.compute(key, (k, planned) -> {
      Instant since = planned == null ? now : planned.since();
      return new Leave(pod.getMetadata().getUid(), since, since.plus(time), planned == null ? Optional.empty() : planned.cause());
    });
    return leave.at().isAfter(now) ? Outcome.after(Duration.between(now, leave.at()), "tolerationSeconds") : leave(key, pod, taints);
  }

  private Outcome leave(Key key, Pod pod, List<Taint> taints) {
    Leave planned = leaving.get(key);
    if (planned != null && planned.done()) {
      return Outcome.DONE;
    }
    events.record(reference(pod), EventRecorder.NORMAL, REASON, "Marking for deletion Pod " + key);
    try {
      mark(pod);
      api.delete(pod, Api.Deletion.ofUid(pod.getMetadata().getUid()));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
    leaving.put(key, new Leave(pod.getMetadata().getUid(), clock.now(), clock.now(), Optional.of(taints)));
    return Outcome.DONE;
  }

  private void mark(Pod pod) {
    if (Pods.condition(pod, MARK).filter(c -> "True".equals(c.getStatus()) && CAUSE.equals(c.getReason()) && MESSAGE.equals(c.getMessage()))
        .isPresent()) {
      return;
    }
    Map<String, String> condition = Map.of("type", MARK, "status", "True", "reason", CAUSE, "message", MESSAGE,
        "lastTransitionTime", Objects.time(clock.now()));
    api.patch(pod, "status", PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("uid", pod.getMetadata().getUid()),
        "status", Map.of("conditions", List.of(condition))));
  }

  private static ObjectReference reference(Pod pod) {
    return new ObjectReferenceBuilder().withApiVersion("v1").withKind("Pod").withNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName()).build();
  }
}
