package io.kubrig.operators.endpointslice;

import io.kubrig.operators.engine.Key;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many endpoints of each service with the mode Auto are hinted to each zone. */
final class GivenHints {
  private final Map<Key, Map<String, Map<String, Integer>>> zones = new HashMap<>(); // by service and family; guarded by this
  private final Set<Key> hinted = new HashSet<>(); // guarded by this

  synchronized boolean has(Key service) {
    return hinted.contains(service);
  }

  synchronized void set(Key service, String family, Map<String, Integer> byZone) {
    zones.computeIfAbsent(service, s -> new HashMap<>()).put(family, byZone);
    hinted.add(service);
  }

  synchronized void remove(Key service, String family) {
    zones.computeIfPresent(service, (s, families) -> {
      families.remove(family);
      return families.isEmpty() ? null : families;
    });
    hinted.remove(service);
  }

  synchronized void forget(Key service) {
    zones.remove(service);
    hinted.remove(service);
  }

  /** The services of which a zone has too few endpoints for its share. */
  synchronized List<Key> overloaded(Map<String, Double> shares) {
    return zones.entrySet().stream().filter(entry -> entry.getValue().values().stream().anyMatch(byZone -> isOverloaded(byZone, shares)))
        .map(Map.Entry::getKey).toList();
  }

  private static boolean isOverloaded(Map<String, Integer> byZone, Map<String, Double> shares) {
    if (byZone.isEmpty() || shares.isEmpty()) {
      return !byZone.isEmpty();
    }
    double total = byZone.values().stream().mapToInt(Integer::intValue).sum();
    return shares.entrySet().stream().anyMatch(share -> !byZone.containsKey(share.getKey())
        || byZone.get(share.getKey()) < (int) AutoHints.least(total * share.getValue()));
  }
}
