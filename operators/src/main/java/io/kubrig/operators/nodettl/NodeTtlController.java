package io.kubrig.operators.nodettl;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps the annotation node.alpha.kubernetes.io/ttl. Keys are nodes. */
public final class NodeTtlController implements Controller {
  private static final String ANNOTATION = "node.alpha.kubernetes.io/ttl";

  private final Api api;
  private final Cached<Node> nodes;
  private final AtomicInteger step = new AtomicInteger();

  /** A controller in a manager. */
  public NodeTtlController(ControllerContext context) {
    this.api = context.api();
    this.nodes = context.caches().of(Node.class);
  }

  @Override
  public void watch(Queue queue) {
    nodes.watch(added -> queue.add(Key.of(added)), (before, after) -> queue.add(Key.of(after)), gone -> { });
  }

  @Override
  public Outcome reconcile(Key key) {
    nodes.get(key).ifPresent(node -> {
      int now = step.updateAndGet(from -> Boundary.step(from, nodes.list().size()));
      String wanted = String.valueOf(Boundary.LADDER.get(now).seconds());
      if (!wanted.equals(Objects.annotations(node).get(ANNOTATION))) {
        api.patch(node, PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("annotations", Map.of(ANNOTATION, wanted))));
      }
    });
    return Outcome.DONE;
  }
}
