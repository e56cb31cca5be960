package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.status.ApiException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Which addresses the server passes requests on to: none of its own host or link. (Source: apiserver/pkg/util/proxy of native.) */
final class ProxyableAddress {
  private ProxyableAddress() {}

  /** @throws ApiException 400 when the host has an address that is not a global unicast address, or none at all */
  static void check(String host) {
    if (host.isEmpty() || !isGlobalUnicast(host)) {
      throw ApiException.badRequest("address not allowed");
    }
  }

  private static boolean isGlobalUnicast(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (address.isAnyLocalAddress() || address.isLoopbackAddress() || address.isLinkLocalAddress() || address.isMulticastAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      throw ApiException.badRequest("lookup " + host + ": no such host");
    }
  }
}
