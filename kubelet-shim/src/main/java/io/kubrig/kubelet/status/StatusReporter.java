package io.kubrig.kubelet.status;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;

/** Tells the cluster how pods are. Implementations must not block. */
public interface StatusReporter {
  /** Reports the status of a pod; of several in a row only the newest has to arrive. */
  void report(Pod pod, PodStatus status);

  /** A pod that was to be deleted is ended and everything of it on this machine is gone: the object may go too. */
  void ended(Pod pod);

  /** Forgets a pod whose object is gone. */
  void forget(Pod pod);

  /** Nobody to tell. */
  StatusReporter NONE =
      new StatusReporter() {
        @Override
        public void report(Pod pod, PodStatus status) {}

        @Override
        public void ended(Pod pod) {}

        @Override
        public void forget(Pod pod) {}
      };
}
