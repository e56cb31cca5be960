package io.kubrig.scheduler.state;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The tallies of one kind, by what they count. The longest unused are dropped. */
public final class Tallies<K, T extends Tally> {
  private final ClusterState cluster;
  private final Function<K, T> factory;
  private final Map<K, T> known;

  /** At most so many are kept. */
  public Tallies(ClusterState cluster, int limit, Function<K, T> factory) {
    this.cluster = cluster;
    this.factory = factory;
    this.known = new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, T> eldest) {
        return size() > limit;
      }
    };
  }

  /** The tally of a key, up to date. */
  public T current(K key) {
    T tally = known.get(key);
    if (tally == null) {
      tally = factory.apply(key);
      known.put(key, tally);
    }
    tally.catchUp(cluster);
    return tally;
  }
}
