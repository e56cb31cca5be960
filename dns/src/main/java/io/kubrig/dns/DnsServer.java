package io.kubrig.dns;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.dns.forward.Forwarder;
import io.kubrig.dns.forward.SocketUpstream;
import io.kubrig.dns.server.DnsSockets;
import io.kubrig.dns.server.QueryHandler;
import io.kubrig.dns.zone.ClusterZone;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.health.Access;
import io.kubrig.machinery.health.Page;
import io.kubrig.machinery.health.StatusServer;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.util.List;
import java.util.Optional;

/** The running server. It serves names outside the cluster at once, and the cluster's after the first complete view of it. */
public final class DnsServer implements Component {
  private final DnsOptions options;
  private final ClientSettings clientSettings;
  private final Environment environment;
  private KubernetesClient client;
  private InformerView cluster;
  private DnsSockets sockets;
  private StatusServer status;

  DnsServer(DnsOptions options, ClientSettings clientSettings, Environment environment) {
    this.options = options;
    this.clientSettings = clientSettings;
    this.environment = environment;
  }

  @Override
  public String name() {
    return "kubrig-dns";
  }

  @Override
  public synchronized void start() {
    try {
      client = environment.clients().open(clientSettings);
      InformerView view = new InformerView(client, environment.clock());
      cluster = view;
      ClusterZone zone = new ClusterZone(view, options.domain(), (int) options.ttl().toSeconds());
      Forwarder forwarder = new Forwarder(options.resolvers(), new SocketUpstream(), environment.clock(), environment.random(),
          environment.metrics(),
          options.cache().toSeconds());
      QueryHandler handler = new QueryHandler(zone, forwarder, view::synced, environment.clock(), environment.metrics());
      sockets = DnsSockets.open(options.address(), handler);
      view.start();
      if (options.status() != null) {
        status = statusServer(view);
        status.start();
      }
      Thread.startVirtualThread(handler::probeForLoop);
    } catch (RuntimeException problem) {
      close();
      throw problem;
    }
  }

  private StatusServer statusServer(InformerView view) {
    StatusServer server = new StatusServer(options.status(), null, new Open())
        .page("/health", Page.text(() -> "OK"))
        .page("/ready", request ->
            new Page.Answer(view.synced() ? 200 : 503, "text/plain; charset=utf-8", view.synced() ? "OK" : "kubernetes"));
    return environment.metrics() instanceof KubernetesRegistry ours ? server.page("/metrics", Page.metrics(ours::scrape)) : server;
  }

  /** Whether the cluster's names are answered. */
  public synchronized boolean ready() {
    return cluster != null && cluster.synced();
  }

  /** The port of UDP and TCP, once started. */
  public synchronized int port() {
    return sockets.port();
  }

  @Override
  public synchronized void close() {
    if (sockets != null) {
      sockets.close();
      sockets = null;
    }
    if (status != null) {
      status.close();
      status = null;
    }
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
    if (client != null) {
      client.close();
      client = null;
    }
  }

  /** Health and metrics are for everybody who reaches the port, as with other cluster DNS servers. */
  private record Open() implements Access {
    @Override
    public Optional<Caller> authenticate(Credentials credentials) {
      return Optional.of(new Caller("system:anonymous", "", List.of("system:unauthenticated")));
    }

    @Override
    public boolean allows(Caller caller, String verb, String path) {
      return true;
    }
  }
}
