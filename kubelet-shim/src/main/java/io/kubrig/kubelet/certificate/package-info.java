/**
 * The kubelet's certificates: asked for at the API server, kept in files, and renewed before they end.
 *
 * <p>{@code CertificateManager} decides when, {@code CertificateRequests} asks, {@code CertificateStore} keeps; {@code ClientBootstrap}
 * makes a kubeconfig of a node out of one that may only ask for a certificate. Source: KEP-266 and the page "TLS bootstrapping".
 */
package io.kubrig.kubelet.certificate;
