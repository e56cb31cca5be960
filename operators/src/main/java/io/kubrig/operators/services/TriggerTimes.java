package io.kubrig.operators.services;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Service;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** When the change happened that a service's endpoints are written for: the earliest one since the last look. */
public final class TriggerTimes {
  /** The annotation that carries it, for measuring how long changes take to arrive. */
  public static final String ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";

  private final ConcurrentMap<Key, State> states = new ConcurrentHashMap<>();

  private record State(Instant service, Map<String, Stamp> pods) {}

  /** A time and what it was read from: of a thousand pods one has changed. */
  private record Stamp(String text, Instant time) {
    static final Stamp NONE = new Stamp("", Instant.MIN);

    Stamp next(String other) {
      return text.equals(other) ? this : new Stamp(other, Objects.time(other).orElse(Instant.MIN));
    }
  }

  /** The time as the annotation's text; empty when nothing is newer than at the last look. */
  public Optional<String> next(Service service, List<Pod> pods) {
    Key key = Key.of(service);
    State last = states.getOrDefault(key, new State(Instant.MIN, Map.of()));
    Instant created = Objects.created(service);
    Instant earliest = created.isAfter(last.service()) ? created : null;
    Map<String, Stamp> times = new HashMap<>();
    for (Pod pod : pods) {
      Optional<String> since = Pods.condition(pod, "Ready").map(PodCondition::getLastTransitionTime).filter(text -> !text.isEmpty());
      if (since.isPresent()) {
        String name = pod.getMetadata().getName();
        Stamp before = last.pods().getOrDefault(name, Stamp.NONE);
        Stamp now = before.next(since.get());
        times.put(name, now);
        if (now.time().isAfter(before.time()) && (earliest == null || now.time().isBefore(earliest))) {
          earliest = now.time();
        }
      }
    }
    states.put(key, new State(created, times));
    return Optional.ofNullable(earliest).map(Objects::time);
  }

  /** Forgets a service. */
  public void forget(Key service) {
    states.remove(service);
  }
}
