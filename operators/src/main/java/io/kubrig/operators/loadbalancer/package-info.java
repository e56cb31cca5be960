/**
 * Load balancers for services, behind an interface that a cloud implements ({@link io.kubrig.operators.loadbalancer.LoadBalancers}).
 *
 * <p>The provider here is for bare metal: it gives each service of the type LoadBalancer addresses from a pool ({@code
 * --load-balancer-pool}). That traffic for the pool reaches the nodes is the network's affair; the service proxy does the rest there.
 */
package io.kubrig.operators.loadbalancer;
