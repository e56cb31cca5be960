/**
 * Routes to the pods of other nodes ({@code --node-routes}): what the bare-metal cloud provider publishes (docs/cloud-provider.md)
 * → {@link io.kubrig.proxy.routes.PublishedRoutes} → {@link io.kubrig.proxy.routes.RouteDiff} against what the kernel has → {@link
 * io.kubrig.proxy.routes.KernelRoutes}. All nodes must be neighbours in one network.
 */
package io.kubrig.proxy.routes;
