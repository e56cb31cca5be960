package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;
import java.time.Duration;

/** Admits, turns down or holds back a pod whose node is chosen. */
public interface PermitPlugin extends Plugin {

  /** The answer; with {@link Code#WAIT}, for how long at most. */
  record Result(Status status, Duration timeout) {
    public static final Result ADMITTED = new Result(Status.SUCCESS, Duration.ZERO);
  }

  Result permit(CycleState state, Pod pod, String node);
}
