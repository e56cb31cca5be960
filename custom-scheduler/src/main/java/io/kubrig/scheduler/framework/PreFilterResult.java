package io.kubrig.scheduler.framework;

import java.util.Set;

/**
 * The answer of a PreFilter plugin.
 *
 * @param nodes the only nodes worth looking at; null: all of them
 */
public record PreFilterResult(Status status, Set<String> nodes) {
  public static final PreFilterResult ALL_NODES = new PreFilterResult(Status.SUCCESS, null);
  public static final PreFilterResult SKIP = new PreFilterResult(Status.SKIP, null);

  /** Turned down, or failed. */
  public static PreFilterResult of(Status status) {
    return new PreFilterResult(status, null);
  }

  /** Only these nodes need be looked at. */
  public static PreFilterResult only(Set<String> nodes) {
    return new PreFilterResult(Status.SUCCESS, Set.copyOf(nodes));
  }
}
