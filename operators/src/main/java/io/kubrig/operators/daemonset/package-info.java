/**
 * DaemonSets: one pod on every node that fits.
 *
 * <p>{@link io.kubrig.operators.daemonset.DaemonSetController} observes and acts; {@code DaemonSetPlan} decides what to make and delete,
 * {@code DaemonRollout} what to replace, {@code DaemonStatus} what the status says; {@code DaemonPods} knows the pods themselves, {@code
 * DaemonHistory} the revisions.
 */
package io.kubrig.operators.daemonset;
