package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.kubrig.scheduler.model.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The slices of the cluster, arranged for a search. Made anew when slices change; slices that stay are taken over with what is known of
 * them. Used by one thread at a time.
 */
public final class SliceCatalog {
  /** No slices. */
  public static final SliceCatalog EMPTY = new SliceCatalog(List.of(), new HashMap<>());

  private final Map<String, Slice> byName = new HashMap<>();
  private final Map<String, List<Slice>> byNode = new HashMap<>();
  private final List<Slice> shared = new ArrayList<>();
  private final Map<PoolId, List<Slice>> byPool = new HashMap<>();
  private final Map<String, Seen> views = new HashMap<>();
  private final Map<List<Slice>, View> byReach = new HashMap<>();

  /** What a node was offered when it was this one. */
  private record Seen(Node node, View view) {}

  private SliceCatalog(Collection<ResourceSlice> slices, Map<String, Slice> known) {
    for (ResourceSlice source : slices) {
      Slice slice = known.get(source.getMetadata().getName());
      slice = slice != null && slice.source() == source ? slice : new Slice(source);
      byName.put(slice.name(), slice);
      byPool.computeIfAbsent(slice.pool(), p -> new ArrayList<>()).add(slice);
      String node = slice.spec().getNodeName();
      if (node == null || node.isEmpty() || slice.hasCounters()) {
        shared.add(slice);
      } else {
        byNode.computeIfAbsent(node, n -> new ArrayList<>()).add(slice);
      }
    }
  }

  /** The catalog of what there is now. */
  public SliceCatalog with(Collection<ResourceSlice> slices) {
    return new SliceCatalog(slices, byName);
  }

  /** What is offered to a node. Looked up as long as the node stays what it is; nodes that reach the same slices share it. */
  View view(Node node) {
    Seen seen = views.get(node.name());
    if (seen == null || seen.node != node) {
      seen = new Seen(node, byReach.computeIfAbsent(reachedFrom(node), reached -> View.of(reached, this)));
      views.put(node.name(), seen);
    }
    return seen.view;
  }

  /** Slices that matter on a node. */
  List<Slice> reachedFrom(Node node) {
    return near(node.name()).stream().filter(slice -> slice.isRelevantOn(node)).toList();
  }

  /** Slices that may matter on a node. */
  private List<Slice> near(String node) {
    List<Slice> own = byNode.getOrDefault(node, List.of());
    if (shared.isEmpty()) {
      return own;
    }
    List<Slice> out = new ArrayList<>(own);
    out.addAll(shared);
    return out;
  }

  List<Slice> of(PoolId pool) {
    return byPool.getOrDefault(pool, List.of());
  }
}
