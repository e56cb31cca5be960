package io.kubrig.scheduler.devices;

import io.kubrig.scheduler.model.Node;
import java.util.List;

/**
 * What is offered to the nodes that reach the same slices.
 *
 * @param pools as {@link Pools} arranges them
 * @param same whether a search comes to the same on all of these nodes; not so where devices choose their nodes themselves, or are bound to
 *     the one that they are used from
 */
record View(List<Pool> pools, boolean same) {

  static View of(List<Slice> reached, SliceCatalog catalog) {
    return new View(Pools.of(reached, catalog), reached.stream().noneMatch(Slice::dependsOnNode));
  }

  /**
   * For whom an outcome holds.
   *
   * @param name finds it again
   * @param identity that it is the same one still
   */
  record Place(Object name, Object identity) {}

  /** All nodes of the view, or the one. */
  Place place(Node node) {
    return same ? new Place(this, this) : new Place(node.name(), node);
  }

  // a view is the same as itself only: comparing pools would cost more than a search

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
