package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;

/** A new node takes no pods before it is ready. (Source: plugin/pkg/admission/nodetaint.) */
public final class TaintNodesByCondition implements AdmissionPlugin {
  private static final String NOT_READY = "node.kubernetes.io/not-ready";

  @Override
  public String name() {
    return "TaintNodesByCondition";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!request.creates() || !request.is("", "nodes") || !request.isMain()) {
      return;
    }
    Tree spec = request.object().need("spec");
    boolean tainted =
        spec.trees("taints").stream()
            .anyMatch(taint -> taint.string("key").equals(NOT_READY) && taint.string("effect").equals("NoSchedule"));
    if (!tainted) {
      spec.needList("taints").add(Tree.of("key", NOT_READY, "effect", "NoSchedule"));
    }
  }
}
