package io.kubrig.apiserver.proxy;

import javax.net.ssl.SSLContext;

/**
 * Where a request is passed on to.
 *
 * @param tls null for plain HTTP
 * @param verifyHost whether the certificate must be for the host
 */
record Backend(String host, int port, SSLContext tls, boolean verifyHost) {
  String authority() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
