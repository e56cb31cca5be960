/**
 * The service proxy (kube-proxy): services and endpoint slices of the API → rules of this node's kernel.
 *
 * <p>Read it along one change: {@link io.kubrig.proxy.ServiceProxy} hears of it and asks {@code SyncRunner} for a sync →
 * {@link io.kubrig.proxy.service.ServiceMap} turns the objects into ports and endpoints → a {@link io.kubrig.proxy.ProxyBackend} plans
 * ({@link io.kubrig.proxy.nftables.TablePlan}), compares ({@link io.kubrig.proxy.nftables.TableDiff}) and writes one netlink transaction →
 * stale UDP flows are forgotten ({@link io.kubrig.proxy.conntrack.StaleFlows}) → health and metrics tell. Beside that, when asked, {@link
 * io.kubrig.proxy.routes} keeps routes to the pods of other nodes.
 */
package io.kubrig.proxy;
