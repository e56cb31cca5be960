package io.kubrig.operators.daemonset;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How long to leave the failed pod of a set on a node alone, lest controller and kubelet fight: a second at first, twice as long after
 * each further one, a quarter of an hour at most; forgotten after twice that without one.
 */
final class FailedPodBackoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofMinutes(15);

  private final Clock clock;
  private final ConcurrentMap<Place, Wait> waits = new ConcurrentHashMap<>();

  FailedPodBackoff(Clock clock) {
    this.clock = clock;
  }

  private record Place(String uid, String node) {}

  private record Wait(Duration delay, Instant since) {
    Instant end() {
      return since.plus(delay);
    }
  }

  /** Notes that a failed pod was killed. */
  void killed(DaemonSet set, String node) {
    Instant now = clock.now();
    waits.values().removeIf(wait -> wait.since.plus(MAX.multipliedBy(2)).isBefore(now));
    waits.merge(new Place(set.getMetadata().getUid(), node), new Wait(FIRST, now), (before, first) -> {
      Duration doubled = before.delay.multipliedBy(2);
      return new Wait(doubled.compareTo(MAX) > 0 ? MAX : doubled, now);
    });
  }

  /** The nodes where it is too early. */
  Set<String> nodesOf(DaemonSet set) {
    Instant now = clock.now();
    Set<String> nodes = new HashSet<>();
    waits.forEach((place, wait) -> {
      if (place.uid.equals(set.getMetadata().getUid()) && wait.end().isAfter(now)) {
        nodes.add(place.node);
      }
    });
    return nodes;
  }

  /** When the next of the set's waits ends. */
  Optional<Duration> next(DaemonSet set) {
    Instant now = clock.now();
    return waits.entrySet().stream().filter(entry -> entry.getKey().uid.equals(set.getMetadata().getUid()))
        .map(entry -> Duration.between(now, entry.getValue().end())).filter(Duration::isPositive).min(Duration::compareTo);
  }
}
