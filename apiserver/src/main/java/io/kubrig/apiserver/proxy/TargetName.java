package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.status.ApiException;

/**
 * The name of a proxied pod, service or node as it stands in the path: {@code name}, {@code name:port} or {@code scheme:name:port}.
 * (Source: SplitSchemeNamePort of apimachinery/pkg/util/net.)
 *
 * @param port "" when none is given
 */
record TargetName(boolean https, String name, String port) {

  /** @throws ApiException 400 for any other form */
  static TargetName of(String text, String resource) {
    String[] parts = text.split(":", -1);
    String scheme = parts.length == 3 ? parts[0] : "";
    String name = parts.length == 3 ? parts[1] : parts[0];
    boolean known = scheme.isEmpty() || scheme.equals("http") || scheme.equals("https");
    if (parts.length > 3 || name.isEmpty() || !known) {
      throw ApiException.badRequest("invalid " + resource + " request \"" + text + "\"");
    }
    return new TargetName(scheme.equals("https"), name, parts.length == 1 ? "" : parts[parts.length - 1]);
  }

  int portNumber() {
    try {
      return Integer.parseInt(port);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("invalid port \"" + port + "\"");
    }
  }
}
