package io.kubrig.machinery.leader;

import java.time.Instant;

/**
 * Who holds a lease, since when and for how long: the part of a {@code coordination.k8s.io/v1} Lease that elections use.
 *
 * @param holder the holder's identity; empty when nobody holds it
 * @param durationSeconds how long after its last renewal others must wait
 * @param acquired when the holder got it
 * @param renewed when the holder last renewed it
 * @param transitions how often the holder changed
 */
public record LeaseRecord(String holder, int durationSeconds, Instant acquired, Instant renewed, int transitions) {}
