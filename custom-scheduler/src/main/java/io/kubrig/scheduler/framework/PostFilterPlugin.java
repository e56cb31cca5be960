package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;
import java.util.Optional;

/** Tries to make room when no node was left by the filters. */
public interface PostFilterPlugin extends Plugin {

  /**
   * What came of it.
   *
   * @param nomination empty: leave the nominated node as it is
   */
  record Result(Status status, Optional<Nomination> nomination) {
    public static Result of(Status status) {
      return new Result(status, Optional.empty());
    }
  }

  /** The node to nominate; an empty name takes the nomination away. */
  record Nomination(String node) {
    public static final Nomination NONE = new Nomination("");
  }

  Result postFilter(CycleState state, Pod pod, NodeStatuses statuses);
}
