package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;

/**
 * Lets pods stay for a while on nodes that are not ready or unreachable, unless they say otherwise. (Source:
 * plugin/pkg/admission/defaulttolerationseconds.)
 */
public final class DefaultTolerationSeconds implements AdmissionPlugin {
  private static final String NOT_READY = "node.kubernetes.io/not-ready";
  private static final String UNREACHABLE = "node.kubernetes.io/unreachable";

  private final long notReadySeconds;
  private final long unreachableSeconds;

  public DefaultTolerationSeconds(long notReadySeconds, long unreachableSeconds) {
    this.notReadySeconds = notReadySeconds;
    this.unreachableSeconds = unreachableSeconds;
  }

  @Override
  public String name() {
    return "DefaultTolerationSeconds";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE || verb == Verb.UPDATE;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!Pods.isCreation(request) && !Pods.isUpdate(request)) {
      return;
    }
    Tree spec = request.object().need("spec");
    boolean notReady = tolerates(spec, NOT_READY);
    boolean unreachable = tolerates(spec, UNREACHABLE);
    if (!notReady) {
      add(spec, NOT_READY, notReadySeconds);
    }
    if (!unreachable) {
      add(spec, UNREACHABLE, unreachableSeconds);
    }
  }

  private static boolean tolerates(Tree spec, String key) {
    for (Tree toleration : spec.trees("tolerations")) {
      boolean thisKey = toleration.string("key").equals(key) || toleration.string("key").isEmpty();
      String effect = toleration.string("effect");
      if (thisKey && (effect.equals("NoExecute") || effect.isEmpty())) {
        return true;
      }
    }
    return false;
  }

  private static void add(Tree spec, String key, long seconds) {
    spec.needList("tolerations").add(Tree.of("key", key, "operator", "Exists", "effect", "NoExecute", "tolerationSeconds", seconds));
  }
}
