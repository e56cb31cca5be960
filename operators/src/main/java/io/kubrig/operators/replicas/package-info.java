/**
 * So many equal pods: the one behaviour of ReplicaSets and ReplicationControllers.
 *
 * <p>{@link io.kubrig.operators.replicas.ReplicaPlan} decides from a {@link io.kubrig.operators.replicas.ReplicaPlan.Observed};
 * {@link io.kubrig.operators.replicas.ReplicaController} observes and acts; {@link io.kubrig.operators.replicas.ReplicaKind} is what
 * differs between the two kinds.
 */
package io.kubrig.operators.replicas;
