package io.kubrig.scheduler.model;

/**
 * How evenly the selected pods shall lie over the domains of a topology key.
 *
 * @param hard {@code DoNotSchedule}; otherwise {@code ScheduleAnyway}
 * @param minDomains at least 1
 * @param honorNodeAffinity whether only nodes that the pod's node affinity admits are counted
 * @param honorTaints whether nodes with untolerated taints are left out
 */
public record SpreadConstraint(
    String topologyKey, int maxSkew, boolean hard, Selector selector, int minDomains, boolean honorNodeAffinity, boolean honorTaints) {}
