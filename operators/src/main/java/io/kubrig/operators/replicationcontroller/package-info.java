/** ReplicationControllers; the behaviour is in {@link io.kubrig.operators.replicas}. */
package io.kubrig.operators.replicationcontroller;
