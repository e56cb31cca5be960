package io.kubrig.kubelet.probe;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Where an {@code httpGet} action of a container leads. */
public final class HttpTarget {
  private static final String USER_AGENT = "kube-probe/1.36";

  private HttpTarget() {}

  /** @param podIp used unless the action names a host */
  public static URI uri(HTTPGetAction action, Container container, String podIp) throws IOException {
    String host = action.getHost() == null || action.getHost().isEmpty() ? podIp : action.getHost();
    String scheme = action.getScheme() == null ? "http" : action.getScheme().toLowerCase(Locale.ROOT);
    String path = action.getPath() == null || action.getPath().isEmpty() ? "/" : action.getPath();
    String shown = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    return URI.create(scheme + "://" + shown + ":" + port(action.getPort(), container) + (path.startsWith("/") ? path : "/" + path));
  }

  /** The number of a port that is given by number or by the name of one of the container's ports. */
  public static int port(IntOrString port, Container container) throws IOException {
    if (port.getIntVal() != null) {
      return port.getIntVal();
    }
    for (ContainerPort candidate : container.getPorts()) {
      if (port.getStrVal().equals(candidate.getName())) {
        return candidate.getContainerPort();
      }
    }
    try {
      return Integer.parseInt(port.getStrVal());
    } catch (NumberFormatException e) {
      throw new IOException("couldn't find port: " + port.getStrVal() + " in container " + container.getName(), e);
    }
  }

  /** The headers of the action, and those that a probe sends by itself. A header that is set to nothing is left out. */
  public static Map<String, String> headers(HTTPGetAction action) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("User-Agent", USER_AGENT);
    headers.put("Accept", "*/*");
    if (action.getHttpHeaders() != null) {
      for (HTTPHeader header : action.getHttpHeaders()) {
        headers.keySet().removeIf(name -> name.equalsIgnoreCase(header.getName()));
        headers.put(header.getName(), header.getValue() == null ? "" : header.getValue());
      }
    }
    return headers;
  }
}
