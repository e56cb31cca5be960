/**
 * Load balancers for services, as a cloud provider makes them ({@link io.kubrig.operators.cloud.LoadBalancers}).
 *
 * <p>A service of the type LoadBalancer without a class gets a finalizer and then a balancer; it loses both when it goes or becomes of
 * another type. When nodes come, go, or are left out by label, the balancers of all services are told.
 */
package io.kubrig.operators.loadbalancer;
