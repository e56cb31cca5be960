package io.kubrig.apiserver.kinds;

import io.kubrig.apiserver.kinds.service.ServiceKind;
import io.kubrig.apiserver.registry.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What is particular to each built-in kind, by {@code group/Kind}. A kind that is not listed is a plain one. */
public final class Kinds {
  /** How often {@link #repair} is to be called. */
  public static final Duration REPAIR_PERIOD = Duration.ofMinutes(3);

  private static final Kind PLAIN = new Kind() {};

  private final Map<String, Kind> kinds = new HashMap<>();

  /** @param cluster what kinds need of the running server */
  public Kinds(LiveCluster cluster) {
    WorkloadKinds.all(cluster).forEach(this::add);
    ClusterKinds.all(cluster).forEach(this::add);
  }

  /** Brings up to date what is derived from stored objects: part of a start, once storage can be read, and again from time to time. */
  public void repair() {
    ((ServiceKind) kinds.get("/Service")).repair();
  }

  private void add(String name, Kind kind) {
    if (kinds.put(name, kind) != null) {
      throw new IllegalStateException("two descriptions of the kind " + name);
    }
  }

  public Kind of(String group, String kind) {
    return kinds.getOrDefault(group + "/" + kind, PLAIN);
  }
}
