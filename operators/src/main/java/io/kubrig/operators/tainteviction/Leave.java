package io.kubrig.operators.tainteviction;

import io.fabric8.kubernetes.api.model.Taint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pod that has to go.
 *
 * @param since when that was found
 * @param at when it is to go
 * @param cause the taints it was deleted for, which is done once; empty until then
 */
record Leave(String uid, Instant since, Instant at, Optional<List<Taint>> cause) {
  boolean done() {
    return cause.isPresent();
  }

  /** Whether it is still about this pod. Other taints than those it was deleted for drive a pod away anew, even one on its way out. */
  boolean isStillSo(String pod, List<Taint> taints) {
    return uid.equals(pod) && cause.filter(old -> !old.equals(taints)).isEmpty();
  }
}
