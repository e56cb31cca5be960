/**
 * What is served, for clients to find: the legacy documents per group and version and the aggregated one.
 *
 * <p>{@link io.kubrig.apiserver.discovery.ServedApis} knows what is served at the moment,
 * {@link io.kubrig.apiserver.discovery.DiscoveryDocuments} writes it down (pure), {@link io.kubrig.apiserver.discovery.DiscoveryHandler}
 * answers requests with it.
 */
package io.kubrig.apiserver.discovery;
