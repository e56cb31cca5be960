package io.kubrig.operators.cloudnode;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.operators.cloud.CloudProvider;
import io.kubrig.operators.cloud.CloudProviders;
import io.kubrig.operators.cloud.Instances;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes nodes that are not ready and whose machines have gone, and taints those whose machines are switched off. Looks at all nodes once
 * in a period; its one key stands for that.
 */
public final class CloudNodeLifecycleController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(CloudNodeLifecycleController.class);
  private static final Key MONITOR = Key.of("monitor");
  private static final Taint SHUT_DOWN =
      new TaintBuilder().withKey("node.cloudprovider.kubernetes.io/shutdown").withEffect("NoSchedule").build();

  private final Api api;
  private final Cached<Node> nodes;
  private final EventRecorder events;
  private final Optional<Instances> instances;
  private final Duration period;
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public CloudNodeLifecycleController(ControllerContext context) {
    this(context, CloudProviders.of(context).flatMap(CloudProvider::instances));
  }

  /** @param instances who knows the machines; empty when nobody does, and then nothing is done */
  public CloudNodeLifecycleController(ControllerContext context, Optional<Instances> instances) {
    this.api = context.api();
    this.nodes = context.caches().of(Node.class);
    this.events = context.events("cloud-node-lifecycle-controller");
    this.instances = instances;
    this.period = context.options().duration("node-monitor-period");
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
  }

  @Override
  public void started() {
    if (instances.isPresent()) {
      work.add(MONITOR);
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    for (Node node : nodes.list()) {
      try {
        look(instances.orElseThrow(), node);
      } catch (RuntimeException e) {
        LOG.error("error checking node {}: {}", node.getMetadata().getName(), ApiErrors.message(e));
      }
    }
    return Outcome.after(period, "the node monitor period");
  }

  private void look(Instances machines, Node node) {
    if (isReady(node)) {
      if (isTainted(node)) {
        write(node, taints(node).stream().filter(taint -> !isShutDown(taint)).toList());
      }
    } else if (!machines.exists(node)) {
      delete(node);
    } else if (machines.isShutDown(node) && !isTainted(node)) {
      List<Taint> taints = new ArrayList<>(taints(node));
      taints.add(SHUT_DOWN);
      write(node, taints);
    }
  }

  private static boolean isReady(Node node) {
    List<NodeCondition> conditions = node.getStatus() == null ? List.of() : Objects.orEmpty(node.getStatus().getConditions());
    return conditions.stream().anyMatch(condition -> "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  private static List<Taint> taints(Node node) {
    return node.getSpec() == null ? List.of() : Objects.orEmpty(node.getSpec().getTaints());
  }

  private static boolean isTainted(Node node) {
    return taints(node).stream().anyMatch(CloudNodeLifecycleController::isShutDown);
  }

  private static boolean isShutDown(Taint taint) {
    return SHUT_DOWN.getKey().equals(taint.getKey()) && SHUT_DOWN.getEffect().equals(taint.getEffect());
  }

  /** Whoever changed the node meanwhile is heeded: a conflict is looked at again in the next period. */
  private void write(Node node, List<Taint> taints) {
    Map<String, Object> spec = new HashMap<>();
    spec.put("taints", taints.isEmpty() ? null : Objects.parse(Objects.json(taints), List.class));
    api.patch(node, PatchType.JSON_MERGE,
        Map.of("metadata", Map.of("resourceVersion", node.getMetadata().getResourceVersion()), "spec", spec));
  }

  /** The very node that was looked at, not one that has taken its name meanwhile. */
  private void delete(Node node) {
    String name = node.getMetadata().getName();
    ObjectReference about = new ObjectReferenceBuilder().withApiVersion("v1").withKind("Node").withName(name)
        .withUid(node.getMetadata().getUid()).build();
    events.record(about, EventRecorder.NORMAL, "DeletingNode",
        "Deleting node " + name + " because it does not exist in the cloud provider");
    try {
      api.delete(node, Api.Deletion.ofUid(node.getMetadata().getUid()));
    } catch (RuntimeException e) {
      events.record(about, EventRecorder.WARNING, "DeletingNodeFailed",
          "Failed deleting node " + name + ": " + ApiErrors.message(e));
      throw e;
    }
  }
}
