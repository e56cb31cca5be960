package io.kubrig.apiserver.proxy;

import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;

/**
 * Where a request is passed on to.
 *
 * @param host the name that the request and the certificate are for
 * @param tls null for plain HTTP
 * @param verifyHost whether the certificate must be for the host
 * @param dial where to connect to, unresolved: the host itself unless it is a name that only the cluster knows
 */
public record Backend(String host, int port, SSLContext tls, boolean verifyHost, InetSocketAddress dial) {
  public Backend(String host, int port, SSLContext tls, boolean verifyHost) {
    this(host, port, tls, verifyHost, InetSocketAddress.createUnresolved(host, port));
  }

  /** Host and port as they stand in URLs. */
  public String authority() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
