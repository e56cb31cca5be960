package io.kubrig.operators.services;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.kubrig.operators.engine.Key;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * What was made of each pod of a service, so that of a thousand pods only the one that changed is read again. Caches never change an
 * object, they replace it: the very same pod, of the very same service, says what it said. A service is not asked about by two threads
 * at once.
 *
 * @param <V> what is made, which nobody may change
 */
public final class PodMemo<V> {
  private final ConcurrentMap<Key, State<V>> states = new ConcurrentHashMap<>();

  private record State<V>(Service service, Map<Pod, Made<V>> pods) {}

  private record Made<V>(Object around, V value) {}

  /**
   * What is made of each pod, in their order.
   *
   * @param around what it depends on besides pod and service; compared by value
   */
  public List<V> of(Service service, List<Pod> pods, Function<Pod, ?> around, Function<Pod, V> make) {
    Key key = Key.of(service);
    State<V> last = states.get(key);
    Map<Pod, Made<V>> known = last == null || last.service() != service ? Map.of() : last.pods();
    Map<Pod, Made<V>> kept = new IdentityHashMap<>(pods.size());
    List<V> values = new ArrayList<>(pods.size());
    for (Pod pod : pods) {
      Object now = around.apply(pod);
      Made<V> made = known.isEmpty() ? null : known.get(pod);
      if (made == null || !Objects.equals(now, made.around())) {
        made = new Made<>(now, make.apply(pod));
      }
      kept.put(pod, made);
      values.add(made.value());
    }
    states.put(key, new State<>(service, kept));
    return values;
  }

  /** Forgets a service. */
  public void forget(Key service) {
    states.remove(service);
  }
}
