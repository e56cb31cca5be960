package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceClaim;
import io.kubrig.scheduler.devices.Allocator.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What searches for devices came to, for claims that ask for the same. Used by one thread at a time.
 *
 * <p>An outcome holds as long as what it follows from: the slices, the device classes, the node, and what is taken of the pools that offer
 * devices there. Invariant: what is told is what a search would find now. So nothing is kept of a search that drew an identity for a share,
 * ran out of time or failed.
 */
public final class KnownOutcomes {
  private static final int KEPT = 64;

  /** An outcome, and for which state of what place and of its pools. */
  private record Known(Object place, TakenDevices.Changes[] pools, long changes, Outcome outcome) {}

  private final Map<List<DeviceClaim>, Map<Object, Known>> byWish = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<List<DeviceClaim>, Map<Object, Known>> eldest) {
      return size() > KEPT;
    }
  };
  private SliceCatalog catalog;
  private long classes = -1;

  /** Forgets all when slices or classes have changed. */
  public void renew(SliceCatalog present, long classesRevision) {
    if (catalog != present || classes != classesRevision) {
      byWish.clear();
      catalog = present;
      classes = classesRevision;
    }
  }

  private Map<Object, Known> places(List<DeviceClaim> wishes) {
    Map<Object, Known> places = byWish.get(wishes);
    if (places == null) {
      places = new HashMap<>();
      byWish.put(new ArrayList<>(wishes), places);
    }
    return places;
  }

  private static long changes(TakenDevices.Changes[] pools) {
    long sum = 0;
    for (TakenDevices.Changes pool : pools) {
      sum += pool.count();
    }
    return sum;
  }

  /** What is known for claims that all ask for the same as the ones it was made for. */
  final class Wishes {
    private final Map<Object, Known> places;
    private final TakenDevices taken;

    Wishes(List<DeviceClaim> wishes, TakenDevices taken) {
      this.places = KnownOutcomes.this.places(wishes);
      this.taken = taken;
    }

    Optional<Outcome> on(View.Place place) {
      Known known = places.get(place.name());
      return known != null && known.place == place.identity() && known.changes == changes(known.pools) ? Optional.of(known.outcome)
          : Optional.empty();
    }

    void remember(View.Place place, List<Pool> pools, Outcome outcome) {
      TakenDevices.Changes[] followed = pools.stream().map(p -> taken.changes(p.id())).toArray(TakenDevices.Changes[]::new);
      places.put(place.name(), new Known(place.identity(), followed, changes(followed), outcome));
    }
  }
}
