package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.status.StatusInput.Failure;
import java.util.Collection;
import java.util.Optional;

/** Whether a pod that was given to this node can be run on it. */
@FunctionalInterface
public interface Admission {
  /** Why not; empty when it can. */
  Optional<Failure> refusal(Pod pod, Collection<Pod> others);

  /** Takes every pod. */
  Admission ALL = (pod, others) -> Optional.empty();
}
