/**
 * Volumes and the claims for them: finds a volume for each claim, binds both, asks provisioners for what is missing, and reclaims volumes
 * whose claim has gone.
 *
 * <p>{@link io.kubrig.operators.volumebinder.Matching} is the pure choice; {@link io.kubrig.operators.volumebinder.ClaimSync} and {@link
 * io.kubrig.operators.volumebinder.VolumeSync} follow the two state machines, {@link io.kubrig.operators.volumebinder.Binding} makes
 * the writes of both, {@link io.kubrig.operators.volumebinder.Reclaiming} ends a volume's life. One worker does it all, so that no
 * volume is chosen twice.
 */
package io.kubrig.operators.volumebinder;
