package io.kubrig.scheduler.state;

import io.kubrig.scheduler.model.Pod;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Who evicted whom, of late. Belongs to the scheduling thread. */
public final class Preemptions {
  private static final int REMEMBERED = 256;

  /** A pod as it was when it was evicted. */
  public record Victim(String key, String uid, int priority) {}

  /**
   * One preemption.
   *
   * @param by {@code namespace/name} of the pod that room was made for
   */
  public record Preemption(Instant at, String by, String byUid, int priority, String node, List<Victim> victims) {}

  private final Deque<Preemption> latest = new ArrayDeque<>();

  /** A pod evicts others from a node. */
  public void begun(Instant at, Pod by, String node, List<Pod> victims) {
    if (latest.size() == REMEMBERED) {
      latest.removeFirst();
    }
    latest.addLast(new Preemption(at, by.key(), by.uid(), by.priority(), node,
        victims.stream().map(v -> new Victim(v.key(), v.uid(), v.priority())).toList()));
  }

  /** The preemptions in which a pod, {@code namespace/name}, evicted or was evicted; the earliest first. */
  public List<Preemption> of(String key) {
    return latest.stream().filter(p -> p.by.equals(key) || p.victims.stream().anyMatch(v -> v.key.equals(key))).toList();
  }
}
