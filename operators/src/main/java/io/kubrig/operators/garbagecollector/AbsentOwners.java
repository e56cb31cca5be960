package io.kubrig.operators.garbagecollector;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Owners that were found not to exist: the last five hundred, so that many dependents of one cost one look. */
final class AbsentOwners {
  private static final int SIZE = 500;

  private final Set<Identity> known = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Identity, Boolean> eldest) {
      return size() > SIZE;
    }
  }));

  void add(Identity owner) {
    known.add(owner);
  }

  boolean contains(Identity owner) {
    return known.contains(owner);
  }
}
