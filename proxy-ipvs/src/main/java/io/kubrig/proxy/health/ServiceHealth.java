package io.kubrig.proxy.health;

import io.kubrig.proxy.service.ProxyEndpoint;
import io.kubrig.proxy.service.ServiceMap;
import io.kubrig.proxy.service.ServicePort;
import io.kubrig.proxy.service.ServicePortName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health-check node ports of services with external policy Local: a load balancer asks there whether this node has endpoints. */
public final class ServiceHealth implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceHealth.class);

  private final BooleanSupplier proxyHealthy;
  private final Map<Key, HttpEndpoints> servers = new TreeMap<>();
  private final Map<Key, Integer> localEndpoints = new ConcurrentHashMap<>();

  private record Key(String namespace, String name, int port) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return Comparator.comparing(Key::namespace).thenComparing(Key::name).thenComparingInt(Key::port).compare(this, other);
    }
  }

  public ServiceHealth(BooleanSupplier proxyHealthy) {
    this.proxyHealthy = proxyHealthy;
  }

  /** Opens, closes and updates ports as the services of both families say. A port that cannot be opened is tried again at the next call. */
  public synchronized void sync(Collection<ServiceMap> families) {
    Map<Key, Integer> wanted = new TreeMap<>();
    for (ServiceMap services : families) {
      for (ServicePort port : services.ports().values()) {
        if (port.healthCheckNodePort() != 0 && port.externalLocal()) {
          Key key = new Key(port.name().namespace(), port.name().name(), port.healthCheckNodePort());
          wanted.merge(key, localReady(services, port.name()), Math::max);
        }
      }
    }
    servers.entrySet().removeIf(entry -> {
      boolean gone = !wanted.containsKey(entry.getKey());
      if (gone) {
        entry.getValue().close();
      }
      return gone;
    });
    localEndpoints.keySet().retainAll(wanted.keySet());
    localEndpoints.putAll(wanted);
    wanted.keySet().stream().filter(key -> !servers.containsKey(key)).forEach(this::open);
  }

  /** How many ready endpoints of the whole service are here, each address once. */
  private static int localReady(ServiceMap services, ServicePortName name) {
    Set<InetAddress> addresses = new HashSet<>();
    for (Map.Entry<ServicePortName, List<ProxyEndpoint>> entry : services.endpoints().entrySet()) {
      if (entry.getKey().namespace().equals(name.namespace()) && entry.getKey().name().equals(name.name())) {
        entry.getValue().stream().filter(endpoint -> endpoint.local() && endpoint.ready())
            .forEach(endpoint -> addresses.add(endpoint.address()));
      }
    }
    return addresses.size();
  }

  private void open(Key key) {
    try {
      servers.put(key, HttpEndpoints.serve(new InetSocketAddress(key.port()), Map.of("*", () -> answer(key))));
    } catch (IOException problem) {
      LOG.error("Failed to start healthcheck of service {}/{} on node port {}: {}", key.namespace(), key.name(), key.port(),
          problem.getMessage());
    }
  }

  private HttpEndpoints.Answer answer(Key key) {
    int count = localEndpoints.getOrDefault(key, 0);
    boolean healthy = proxyHealthy.getAsBoolean();
    return HttpEndpoints.Answer.json(count != 0 && healthy, """
        {
        	"service": {
        		"namespace": "%s",
        		"name": "%s"
        	},
        	"localEndpoints": %d,
        	"serviceProxyHealthy": %s
        }""".formatted(key.namespace(), key.name(), count, healthy));
  }

  @Override
  public synchronized void close() {
    servers.values().forEach(HttpEndpoints::close);
    servers.clear();
  }
}
