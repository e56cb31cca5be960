/**
 * The cluster DNS server.
 *
 * <p>Read it along one query: {@link io.kubrig.dns.server.DnsSockets} receives it → {@link io.kubrig.dns.server.QueryHandler} decides →
 * {@link io.kubrig.dns.zone.ClusterZone} answers for the cluster, from informers behind {@link io.kubrig.dns.zone.ClusterView}, or
 * {@link io.kubrig.dns.forward.Forwarder} asks the host's resolvers → {@link io.kubrig.dns.message.ResponseWriter} writes the response.
 */
package io.kubrig.dns;
