package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.queue.QueuedPod;

/** One attempt to schedule a pod that got as far as a chosen node. {@code pod} is the pod as assumed on the node. */
record Attempt(QueuedPod queued, Profile profile, CycleState state, Pod pod, long startedNanos) {
  String node() {
    return pod.state().nodeName();
  }
}
