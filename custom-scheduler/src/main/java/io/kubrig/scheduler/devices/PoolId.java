package io.kubrig.scheduler.devices;

import java.util.Comparator;

/** What names a pool of devices in the whole cluster; ordered by driver and name. */
record PoolId(String driver, String name) implements Comparable<PoolId> {
  private static final Comparator<PoolId> ORDER = Comparator.comparing(PoolId::driver).thenComparing(PoolId::name);

  @Override
  public int compareTo(PoolId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return driver + "/" + name;
  }
}
