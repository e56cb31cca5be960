/**
 * The cloud provider for machines in a rack ({@code --cloud-provider=bare-metal}; see docs/cloud-provider.md).
 *
 * <p>Services of the type LoadBalancer get addresses of a pool: that traffic for the pool reaches the nodes is the network's affair, the
 * service proxy does the rest there. Machines are what an inventory says, if there is one. The routes to the pods of a node are published
 * in annotations of the node, and each node's agent ({@code --node-routes} of the proxy) keeps its kernel's routes so.
 */
package io.kubrig.operators.baremetal;
