package io.kubrig.apiserver.webhook;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.machinery.tree.Tree;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Services as the cluster has them: by their cluster IP, or with {@code --enable-aggregator-routing} by a ready endpoint. The service
 * of this server itself is reached without leaving the machine. (Source: apiserver/pkg/util/proxy,
 * kube-aggregator/pkg/apiserver/resolvers.go.)
 */
public final class ClusterServices implements ServiceResolver {
  private static final Set<String> ROUTED = Set.of("ClusterIP", "LoadBalancer", "NodePort");

  private final ObjectReader objects;
  private final boolean toEndpoints;
  private final Supplier<InetSocketAddress> self;
  private final RandomGenerator random;

  /** @param self where this server listens */
  public ClusterServices(ObjectReader objects, boolean toEndpoints, Supplier<InetSocketAddress> self, RandomGenerator random) {
    this.objects = objects;
    this.toEndpoints = toEndpoints;
    this.self = self;
    this.random = random;
  }

  @Override
  public InetSocketAddress resolve(String namespace, String name, int port) throws UnresolvedException {
    if (namespace.equals("default") && name.equals("kubernetes") && port == ClientConfig.DEFAULT_PORT) {
      return self.get();
    }
    Tree service =
        objects.get("", "services", namespace, name).orElseThrow(() -> new UnresolvedException("service \"" + name + "\" not found"));
    return toEndpoints ? endpoint(service, namespace, name, port) : clusterAddress(service, name, port);
  }

  private static InetSocketAddress clusterAddress(Tree service, String name, int port) throws UnresolvedException {
    Tree spec = service.tree("spec");
    String type = spec.string("type", "ClusterIP");
    if (type.equals("ExternalName")) {
      return InetSocketAddress.createUnresolved(spec.string("externalName"), port);
    }
    if (!ROUTED.contains(type)) {
      throw new UnresolvedException("unsupported service type \"" + type + "\"");
    }
    if (type.equals("ClusterIP") && spec.string("clusterIP").equals("None")) {
      throw new UnresolvedException("cannot route to service with ClusterIP \"None\"");
    }
    portName(service, name, port);
    return InetSocketAddress.createUnresolved(spec.string("clusterIP"), port);
  }

  private static String portName(Tree service, String name, int port) throws UnresolvedException {
    for (Tree stated : service.tree("spec").trees("ports")) {
      if (stated.integer("port") == port) {
        return stated.string("name");
      }
    }
    throw new UnresolvedException("no service port " + port + " found for service \"" + name + "\"");
  }

  private InetSocketAddress endpoint(Tree service, String namespace, String name, int port) throws UnresolvedException {
    String type = service.tree("spec").string("type", "ClusterIP");
    if (!ROUTED.contains(type)) {
      throw new UnresolvedException("unsupported service type \"" + type + "\"");
    }
    String portName = portName(service, name, port);
    List<String> families = service.tree("spec").strings("ipFamilies");
    List<InetSocketAddress> preferred = new ArrayList<>();
    List<InetSocketAddress> others = new ArrayList<>();
    for (Tree slice : objects.list("discovery.k8s.io", "endpointslices", namespace)) {
      if (slice.at("metadata", "labels").string("kubernetes.io/service-name").equals(name)) {
        boolean first = families.isEmpty() || slice.string("addressType").equals(families.getFirst());
        ready(slice, portName, first ? preferred : others);
      }
    }
    List<InetSocketAddress> candidates = preferred.isEmpty() ? others : preferred;
    if (candidates.isEmpty()) {
      throw new UnresolvedException("no endpoints available for service \"" + name + "\"");
    }
    return candidates.get(random.nextInt(candidates.size()));
  }

  private static void ready(Tree slice, String portName, List<InetSocketAddress> into) {
    for (Tree port : slice.trees("ports")) {
      if (!port.string("name").equals(portName) || port.get("port") == null) {
        continue;
      }
      for (Tree endpoint : slice.trees("endpoints")) {
        if (endpoint.tree("conditions").bool("ready", true) && !endpoint.strings("addresses").isEmpty()) {
          into.add(InetSocketAddress.createUnresolved(endpoint.strings("addresses").getFirst(), (int) port.integer("port")));
        }
      }
    }
  }
}
