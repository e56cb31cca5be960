package io.kubrig.scheduler.model;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The specs of pods that wait, each kept once: pods of one template share theirs, so that they are compared by identity first and what is
 * remembered of a spec is found without reading through it. At most {@value #MOST} are kept, then it begins anew.
 */
final class KnownSpecs {
  private static final int MOST = 4096;
  private static final Map<Pod.Spec, Pod.Spec> KNOWN = new ConcurrentHashMap<>();

  private KnownSpecs() {}

  /** The spec that is equal to this one and known. Specs of pods with a node or with claims come but once, and are returned. */
  static Pod.Spec known(Pod.Spec spec) {
    if (spec.nodes().nodeName() != null || spec.withoutClaims() != spec) { // which makes known what it has in common with others
      return spec;
    }
    if (KNOWN.size() >= MOST) {
      KNOWN.clear();
    }
    Pod.Spec other = KNOWN.putIfAbsent(spec, spec);
    return other == null ? spec : other;
  }
}
