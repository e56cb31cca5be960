/**
 * Nodes without machines: Node objects with leases and heartbeats, and pods that run in name only. What a pod does is said by a
 * {@link io.kubrig.standalone.simulated.PodScript}; what follows from it is decided by the pure
 * {@link io.kubrig.standalone.simulated.PodPlan}.
 */
package io.kubrig.standalone.simulated;
