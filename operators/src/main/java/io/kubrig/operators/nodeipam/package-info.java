/**
 * Ranges of pod addresses for nodes, out of the cluster's ({@code --allocate-node-cidrs}). {@link io.kubrig.operators.nodeipam.Ranges} is
 * pure.
 */
package io.kubrig.operators.nodeipam;
