package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.tracing.AttemptSpan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What plugins remember from one extension point to the next within one attempt to schedule one pod. Used by one thread at a time. */
public final class CycleState {
  private final Map<Object, Data> data = new HashMap<>();
  private final Set<String> skippedFilters = new HashSet<>();
  private final Set<String> skippedScores = new HashSet<>();
  private AttemptSpan span = AttemptSpan.NONE;
  private Object lastKey; // a plugin asks for the same again for each node
  private Data last;

  /** Something remembered. */
  public interface Data {
    /** A copy that can be changed without changing this; immutable data return themselves. */
    default Data copy() {
      return this;
    }
  }

  /** Remembers under a key, usually the plugin itself. */
  public void put(Object key, Data value) {
    data.put(key, value);
    lastKey = null;
  }

  /** What is remembered, or null. */
  public <T extends Data> T get(Object key, Class<T> type) {
    if (key != lastKey) {
      last = data.get(key);
      lastKey = key;
    }
    return type.cast(last);
  }

  /** What is remembered. */
  public <T extends Data> Optional<T> find(Object key, Class<T> type) {
    return Optional.ofNullable(type.cast(data.get(key)));
  }

  /** Names of the plugins whose PreFilter said Skip. */
  public Set<String> skippedFilters() {
    return skippedFilters;
  }

  /** Names of the plugins whose PreScore said Skip. */
  public Set<String> skippedScores() {
    return skippedScores;
  }

  /** From now on the attempt is followed. */
  public void followedBy(AttemptSpan follower) {
    span = follower;
  }

  /** Who follows the attempt. */
  public AttemptSpan span() {
    return span;
  }

  /** An independent copy, for trying out what would be if pods were added or removed. */
  public CycleState copy() {
    CycleState copy = new CycleState();
    data.forEach((k, v) -> copy.data.put(k, v.copy()));
    copy.skippedFilters.addAll(skippedFilters);
    copy.skippedScores.addAll(skippedScores);
    return copy;
  }
}
