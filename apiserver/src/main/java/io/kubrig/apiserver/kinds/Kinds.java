package io.kubrig.apiserver.kinds;

import io.kubrig.apiserver.registry.Kind;
import java.util.Map;

/** What is particular to each built-in kind, by {@code group/Kind}. A kind that is not listed is a plain one. */
public final class Kinds {
  private static final Kind PLAIN = new Kind() {};

  private final Map<String, Kind> kinds;

  public Kinds(Map<String, Kind> kinds) {
    this.kinds = Map.copyOf(kinds);
  }

  public Kind of(String group, String kind) {
    return kinds.getOrDefault(group + "/" + kind, PLAIN);
  }
}
