package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.rest.ResourceHandler;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/** Turns names like {@code https:name:port} of pods/proxy and services/proxy into addresses. */
final class ServiceTargets {
  private final ObjectReader objects;
  private final RandomGenerator random;

  ServiceTargets(ObjectReader objects, RandomGenerator random) {
    this.objects = objects;
    this.random = random;
  }

  /** A name as it stands in the path. */
  private record Name(boolean https, String name, String port) {
    static Name of(String text, String resource) {
      String[] parts = text.split(":", -1);
      if (parts.length == 1) {
        return new Name(false, parts[0], "");
      }
      if (parts.length == 2) {
        return new Name(false, parts[0], parts[1]);
      }
      if (parts.length == 3 && (parts[0].equals("http") || parts[0].equals("https") || parts[0].isEmpty())) {
        return new Name(parts[0].equals("https"), parts[1], parts[2]);
      }
      throw ApiException.badRequest("invalid " + resource + " request \"" + text + "\"");
    }
  }

  private static Backend backend(Name name, String host, int port) throws IOException {
    SSLContext tls = name.https ? BackendTls.context(null, List.of(), List.of()) : null;
    return new Backend(host, port, tls, false);
  }

  Backend pod(ResourceHandler.Target target) throws IOException {
    Name name = Name.of(target.name(), "pod");
    Tree pod = objects.get("", "pods", target.namespace(), name.name).orElseThrow(() -> ApiException.notFound("", "pods", name.name));
    String address = pod.tree("status").string("podIP");
    if (address.isEmpty()) {
      throw ApiException.badRequest("address not allowed");
    }
    return backend(name, address, name.port.isEmpty() ? firstPort(pod, name.https) : number(name.port));
  }

  private static int firstPort(Tree pod, boolean https) {
    for (Tree container : pod.tree("spec").trees("containers")) {
      for (Tree port : container.trees("ports")) {
        return (int) port.integer("containerPort");
      }
    }
    return https ? 443 : 80;
  }

  private static int number(String port) {
    try {
      return Integer.parseInt(port);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("invalid port \"" + port + "\"");
    }
  }

  Backend service(ResourceHandler.Target target) throws IOException {
    Name name = Name.of(target.name(), "service");
    Tree service =
        objects.get("", "services", target.namespace(), name.name).orElseThrow(() -> ApiException.notFound("", "services", name.name));
    String port = portName(service, name);
    List<Tree> candidates = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (Tree slice : objects.list("discovery.k8s.io", "endpointslices", target.namespace())) {
      if (!slice.at("metadata", "labels").string("kubernetes.io/service-name").equals(name.name)) {
        continue;
      }
      for (Tree slicePort : slice.trees("ports")) {
        if (slicePort.string("name").equals(port)) {
          ready(slice, candidates, ports, (int) slicePort.integer("port"));
        }
      }
    }
    if (candidates.isEmpty()) {
      throw ApiException.serviceUnavailable("no endpoints available for service \"" + target.name() + "\"");
    }
    int chosen = random.nextInt(candidates.size());
    return backend(name, candidates.get(chosen).strings("addresses").getFirst(), ports.get(chosen));
  }

  private static void ready(Tree slice, List<Tree> candidates, List<Integer> ports, int port) {
    for (Tree endpoint : slice.trees("endpoints")) {
      if (endpoint.tree("conditions").bool("ready", true) && !endpoint.strings("addresses").isEmpty()) {
        candidates.add(endpoint);
        ports.add(port);
      }
    }
  }

  private static String portName(Tree service, Name name) {
    List<Tree> ports = service.tree("spec").trees("ports");
    if (name.port.isEmpty()) {
      return ports.size() == 1 ? ports.getFirst().string("name") : "";
    }
    for (Tree port : ports) {
      if (port.string("name").equals(name.port) || Long.toString(port.integer("port")).equals(name.port)) {
        return port.string("name");
      }
    }
    throw ApiException.serviceUnavailable("no service port \"" + name.port + "\" found for service \"" + name.name + "\"");
  }
}
