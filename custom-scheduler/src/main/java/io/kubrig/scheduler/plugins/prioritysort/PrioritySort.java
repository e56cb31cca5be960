package io.kubrig.scheduler.plugins.prioritysort;

import io.kubrig.scheduler.framework.QueueSortPlugin;

/** Higher priority first, then who waits longer. */
public final class PrioritySort implements QueueSortPlugin {
  @Override
  public String name() {
    return "PrioritySort";
  }

  @Override
  public boolean before(Entry a, Entry b) {
    int pa = a.pod().priority();
    int pb = b.pod().priority();
    return pa > pb || pa == pb && a.queuedAt().isBefore(b.queuedAt());
  }
}
