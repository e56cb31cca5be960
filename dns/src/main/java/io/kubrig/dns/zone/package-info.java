/**
 * The cluster's zone: which names services and pods have (Kubernetes DNS specification 1.1.0) and what is answered; pure over a
 * {@link io.kubrig.dns.zone.ClusterView}.
 */
package io.kubrig.dns.zone;
