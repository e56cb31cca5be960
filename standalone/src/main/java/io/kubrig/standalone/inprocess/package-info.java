/**
 * Fabric8 clients that call an API server of the same process: the same authentication, admission and encoding as through a socket, without
 * the socket, TLS and frames.
 */
package io.kubrig.standalone.inprocess;
