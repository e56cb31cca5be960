/**
 * Pods that nobody will ever clear away: finished ones beyond a number, those of nodes that are gone or out of service, and those that
 * were deleted before they got a node.
 *
 * <p>{@link io.kubrig.operators.podgc.PodGcController} sweeps every twenty seconds; {@code PodGcPlan} decides.
 */
package io.kubrig.operators.podgc;
