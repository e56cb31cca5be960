package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.rest.Target;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.math.BigInteger;
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

  static Backend backend(TargetName name, String host, int port) throws IOException {
    SSLContext tls = name.https() ? BackendTls.context(null, List.of(), List.of()) : null;
    return new Backend(host, port, tls, false);
  }

  Backend pod(Target target) throws IOException {
    TargetName name = TargetName.of(target.name(), "pod");
    Tree pod = objects.get("", "pods", target.namespace(), name.name()).orElseThrow(() -> ApiException.notFound("", "pods", name.name()));
    String address = pod.tree("status").string("podIP");
    ProxyableAddress.check(address);
    return backend(name, address, name.port().isEmpty() ? firstPort(pod, name.https()) : name.portNumber());
  }

  private static int firstPort(Tree pod, boolean https) {
    for (Tree container : pod.tree("spec").trees("containers")) {
      for (Tree port : container.trees("ports")) {
        return (int) port.integer("containerPort");
      }
    }
    return https ? 443 : 80;
  }

  Backend service(Target target) throws IOException {
    TargetName name = TargetName.of(target.name(), "service");
    String port = portName(name, target.namespace());
    Tree endpoints =
        objects.get("", "endpoints", target.namespace(), name.name()).orElseThrow(() -> ApiException.notFound("", "services", name.name()));
    if (endpoints.trees("subsets").isEmpty()) {
      throw unavailable(name.name());
    }
    List<Backend> candidates = new ArrayList<>();
    for (Tree subset : endpoints.trees("subsets")) {
      for (Tree subsetPort : subset.trees("ports")) {
        if (subsetPort.string("name").equals(port)) {
          addPods(name, subset, (int) subsetPort.integer("port"), target.namespace(), candidates);
        }
      }
    }
    if (candidates.isEmpty()) {
      throw unavailable(target.name());
    }
    return candidates.get(random.nextInt(candidates.size()));
  }

  private static ApiException unavailable(String service) {
    return ApiException.serviceUnavailable("no endpoints available for service \"" + service + "\"");
  }

  /** Only addresses that are those of pods are proxied to. */
  private void addPods(TargetName name, Tree subset, int port, String namespace, List<Backend> candidates) throws IOException {
    for (Tree address : subset.trees("addresses")) {
      Tree reference = address.tree("targetRef");
      if (!reference.isEmpty() && reference.string("namespace").equals(namespace) && isPod(reference, address.string("ip"))) {
        candidates.add(backend(name, address.string("ip"), port));
      }
    }
  }

  private boolean isPod(Tree reference, String ip) {
    return objects
        .get("", "pods", reference.string("namespace"), reference.string("name"))
        .filter(pod -> pod.tree("status").trees("podIPs").stream().anyMatch(own -> own.string("ip").equals(ip)))
        .isPresent();
  }

  /** A port that is a number means the service's port of that number, anything else a name. */
  private String portName(TargetName name, String namespace) {
    if (!name.port().matches("[+-]?\\d+")) {
      return name.port();
    }
    Tree service =
        objects.get("", "services", namespace, name.name()).orElseThrow(() -> ApiException.notFound("", "services", name.name()));
    BigInteger number = new BigInteger(name.port());
    for (Tree port : service.tree("spec").trees("ports")) {
      if (BigInteger.valueOf(port.integer("port")).equals(number)) {
        return port.string("name");
      }
    }
    throw ApiException.serviceUnavailable("no service port " + number + " found for service \"" + name.name() + "\"");
  }
}
