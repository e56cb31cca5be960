package io.kubrig.apiserver.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many watches there are, by what they watch. Any thread. */
final class WatchCounts {
  /** @param namespace "" for all; @param name "" for all */
  private record Watched(String group, String plural, String namespace, String name) {}

  private final Map<Watched, Integer> counts = new ConcurrentHashMap<>();

  /** Counts a watch. The answer is for {@link #end}, which may be called more than once with it. */
  Object begin(Resource resource, String namespace, String name) {
    Watched watched = new Watched(resource.group(), resource.plural(), namespace, name);
    counts.merge(watched, 1, Integer::sum);
    return new Object[] {watched};
  }

  void end(Object begun) {
    Object[] holder = (Object[]) begun;
    synchronized (holder) {
      if (holder[0] instanceof Watched watched) {
        counts.computeIfPresent(watched, (key, count) -> count == 1 ? null : count - 1);
        holder[0] = null;
      }
    }
  }

  int interested(String group, String plural, String namespace, String name) {
    int sum = counts.getOrDefault(new Watched(group, plural, "", ""), 0);
    if (!namespace.isEmpty()) {
      sum += counts.getOrDefault(new Watched(group, plural, namespace, ""), 0);
    }
    if (!name.isEmpty()) {
      sum += counts.getOrDefault(new Watched(group, plural, namespace, name), 0);
    }
    return sum;
  }
}
