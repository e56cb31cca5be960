package io.kubrig.operators.services;

import io.fabric8.kubernetes.api.model.Pod;
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

  private record State(Instant service, Map<String, Instant> pods) {}

  /** The time as the annotation's text; empty when nothing is newer than at the last look. */
  public Optional<String> next(Service service, List<Pod> pods) {
    Key key = Key.of(service);
    State last = states.getOrDefault(key, new State(Instant.MIN, Map.of()));
    Instant created = Objects.created(service);
    Instant earliest = created.isAfter(last.service()) ? created : null;
    Map<String, Instant> times = new HashMap<>();
    for (Pod pod : pods) {
      Optional<Instant> since = Pods.condition(pod, "Ready").flatMap(c -> Objects.time(c.getLastTransitionTime()));
      if (since.isPresent()) {
        String name = pod.getMetadata().getName();
        times.put(name, since.get());
        if (since.get().isAfter(last.pods().getOrDefault(name, Instant.MIN)) && (earliest == null || since.get().isBefore(earliest))) {
          earliest = since.get();
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
