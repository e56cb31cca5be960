package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The environment variables by which a container finds the services of its namespace: {@code NAME_SERVICE_HOST} and those of container
 * links.
 */
final class ServiceVariables {
  private static final String MASTER_NAMESPACE = "default";
  private static final String MASTER_NAME = "kubernetes";

  private ServiceVariables() {}

  /** @param links whether the services of the pod's own namespace are wanted, beyond the API server's */
  static Map<String, String> of(List<Service> services, String namespace, boolean links) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Service service : services) {
      boolean master = MASTER_NAMESPACE.equals(service.getMetadata().getNamespace()) && MASTER_NAME.equals(service.getMetadata().getName());
      boolean own = links && namespace.equals(service.getMetadata().getNamespace());
      if ((master || own) && hasClusterIp(service)) {
        add(service, variables);
      }
    }
    return variables;
  }

  private static boolean hasClusterIp(Service service) {
    String ip = service.getSpec().getClusterIP();
    return ip != null && !ip.isEmpty() && !ip.equals("None");
  }

  private static void add(Service service, Map<String, String> variables) {
    List<ServicePort> ports = service.getSpec().getPorts();
    if (ports.isEmpty()) {
      return;
    }
    String name = upper(service.getMetadata().getName());
    String ip = service.getSpec().getClusterIP();
    variables.put(name + "_SERVICE_HOST", ip);
    variables.put(name + "_SERVICE_PORT", ports.getFirst().getPort().toString());
    for (ServicePort port : ports) {
      if (port.getName() != null && !port.getName().isEmpty()) {
        variables.put(name + "_SERVICE_PORT_" + upper(port.getName()), port.getPort().toString());
      }
    }
    String host = ip.contains(":") ? "[" + ip + "]" : ip;
    boolean first = true;
    for (ServicePort port : ports) {
      String protocol = port.getProtocol() == null ? "TCP" : port.getProtocol();
      String url = protocol.toLowerCase(Locale.ROOT) + "://" + host + ":" + port.getPort();
      if (first) {
        variables.put(name + "_PORT", url);
        first = false;
      }
      String prefix = name + "_PORT_" + port.getPort() + "_" + protocol.toUpperCase(Locale.ROOT);
      variables.put(prefix, url);
      variables.put(prefix + "_PROTO", protocol.toLowerCase(Locale.ROOT));
      variables.put(prefix + "_PORT", port.getPort().toString());
      variables.put(prefix + "_ADDR", ip);
    }
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
