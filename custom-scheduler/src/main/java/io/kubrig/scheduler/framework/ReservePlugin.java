package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;

/** Keeps books of what a chosen node gives to a pod, before it is bound. Both methods run on the scheduling thread. */
public interface ReservePlugin extends Plugin {
  Status reserve(CycleState state, Pod pod, String node);

  /** Undoes a reservation; also called when {@link #reserve} was not. */
  void unreserve(CycleState state, Pod pod, String node);
}
