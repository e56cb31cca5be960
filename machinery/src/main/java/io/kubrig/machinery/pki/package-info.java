/**
 * Keys, certificates and kubeconfigs: a certificate authority on the JDK's own cryptography, PEM files that only their owner reads, and the
 * set of files a cluster has, named as kubeadm names them ({@link io.kubrig.machinery.pki.ClusterPki}).
 */
package io.kubrig.machinery.pki;
