/**
 * Node lifecycle: a node that no longer gives signs of life has its conditions turned Unknown, gets taints, and its pods are no longer
 * called ready.
 *
 * <p>{@link io.kubrig.operators.nodelifecycle.NodeHealth} remembers when each node was last heard of, {@link
 * io.kubrig.operators.nodelifecycle.HealthPlan} judges one node, {@link io.kubrig.operators.nodelifecycle.Zones} bounds how fast
 * NoExecute taints are given where many nodes fail at once, {@link io.kubrig.operators.nodelifecycle.NodeTaints} says which NoSchedule
 * taints the conditions amount to, and {@link io.kubrig.operators.nodelifecycle.NodeLifecycleController} acts.
 */
package io.kubrig.operators.nodelifecycle;
