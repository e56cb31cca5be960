/**
 * The place where a cluster's machines stand, as the controllers see it: an interface that a provider implements (KEP-2395's out-of-tree
 * providers, {@code k8s.io/cloud-provider}).
 *
 * <p>{@code --cloud-provider=NAME} chooses the {@link io.kubrig.operators.cloud.CloudProviderFactory} of that name, found by {@code
 * ServiceLoader} on the class path and in the jars of {@code --cloud-provider-jars}. Its {@link
 * io.kubrig.operators.cloud.CloudProvider} has sections: {@link io.kubrig.operators.cloud.LoadBalancers} serve the service controller,
 * {@link io.kubrig.operators.cloud.Instances} the two controllers of cloud nodes, {@link io.kubrig.operators.cloud.Routes} the route
 * controller. Trouble is told by {@link io.kubrig.operators.cloud.CloudException}.
 */
package io.kubrig.operators.cloud;
