/** Servers outside that decide for this one, described by a kubeconfig: who a token is of, what a user may do. */
package io.kubrig.apiserver.remote;
