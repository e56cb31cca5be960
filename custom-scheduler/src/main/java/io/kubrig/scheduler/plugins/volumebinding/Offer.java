package io.kubrig.scheduler.plugins.volumebinding;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;

/** What a node offers for the waiting claims of a pod: existing volumes to bind, and claims to provision for. */
record Offer(List<Match> matches, List<PersistentVolumeClaim> toProvision) {
  static final Offer NOTHING = new Offer(List.of(), List.of());

  /** A claim and the volume found for it. */
  record Match(PersistentVolumeClaim claim, PersistentVolume volume) {}

  Offer {
    matches = List.copyOf(matches);
    toProvision = List.copyOf(toProvision);
  }
}
