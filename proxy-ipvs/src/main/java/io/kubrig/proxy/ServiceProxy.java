package io.kubrig.proxy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.proxy.conntrack.Conntrack;
import io.kubrig.proxy.health.ProxyHealth;
import io.kubrig.proxy.health.ServiceHealth;
import io.kubrig.proxy.netlink.LinuxNetlink;
import io.kubrig.proxy.netlink.NetlinkException;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.nftables.NodeSettings;
import io.kubrig.proxy.nftables.TablePlan;
import io.kubrig.proxy.nftables.TableReader;
import io.kubrig.proxy.service.ServiceMap;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running proxy. Rules stay in the kernel when it stops: the next start takes them over, so that no flow breaks.
 *
 * <p>One thread writes to the kernel; informers only tell it that something changed. Close is bounded by the sync under way.
 */
public final class ServiceProxy implements Component, ProxyInformers.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);
  private static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
  private static final Duration LEFTOVER_DELAY = Duration.ofMillis(1100);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(2);

  private final ProxyConfiguration configuration;
  private final ClientSettings clientSettings;
  private final String nodeName;
  private final Environment environment;
  private final Clock clock;
  private final ProxyMetrics metrics;
  private final ProxyHealth health;
  private final ServiceHealth serviceHealth;
  private final SyncRunner runner;
  private final NodeView nodeView;
  private final AtomicBoolean fullWanted = new AtomicBoolean(true);
  private final ConcurrentLinkedQueue<Instant> triggers = new ConcurrentLinkedQueue<>();
  private final Map<Family, FamilySync> families = new EnumMap<>(Family.class);
  private final Map<Family, ServiceMap> latest = new EnumMap<>(Family.class);
  private KubernetesClient client;
  private LinuxNetlink netlink;
  private ProxyInformers informers;
  private ProxyEndpoints endpoints;
  private Clock.Timer resync;
  private Thread thread;

  ServiceProxy(ProxyConfiguration configuration, ClientSettings clientSettings, String nodeName, Environment environment) {
    this.configuration = configuration;
    this.clientSettings = clientSettings;
    this.nodeName = nodeName;
    this.environment = environment;
    this.clock = environment.clock();
    this.metrics = new ProxyMetrics(environment.metrics());
    this.health = new ProxyHealth(clock, configuration.syncPeriod().multipliedBy(2));
    this.serviceHealth = new ServiceHealth(() -> health.report().healthy());
    this.runner = new SyncRunner(clock, configuration.minSyncPeriod());
    this.nodeView = new NodeView(configuration, nodeName);
  }

  @Override
  public String name() {
    return "kube-proxy";
  }

  @Override
  public void start() {
    try {
      new KernelSettings(Sysctls.ofKernel()).apply(KernelSettings.wanted(configuration, Runtime.getRuntime().availableProcessors()));
      openKernel();
      endpoints = ProxyEndpoints.serve(configuration, environment.metrics(), health, metrics);
      client = environment.clients().open(clientSettings);
      informers = new ProxyInformers(client, nodeName, this);
      thread = Thread.ofPlatform().name("kube-proxy-sync").daemon().start(this::work);
      informers.start(this);
      resync = clock.every(configuration.syncPeriod(), () -> {
        fullWanted.set(true);
        runner.request();
      });
    } catch (RuntimeException problem) {
      close();
      throw problem;
    }
  }

  private void openKernel() {
    try {
      netlink = LinuxNetlink.open();
    } catch (NetlinkException problem) {
      throw new StartException("the proxy cannot talk to netfilter: run as root (CAP_NET_ADMIN): " + problem.getMessage(), problem);
    }
    for (Family family : Family.values()) {
      try {
        TableReader.read(netlink, family, TablePlan.TABLE);
        families.put(family, new FamilySync(family, new NftablesBackend(netlink, clock, family, this::settings), new Conntrack(netlink),
            metrics, clock));
      } catch (NetlinkException problem) {
        if (family == Family.IPV4) {
          throw new StartException("the kernel does not offer nf_tables for IPv4, or not to this user (CAP_NET_ADMIN): "
              + problem.getMessage(), problem);
        }
        LOG.info("The kernel does not offer nf_tables for IPv6, so only IPv4 is proxied: {}", problem.getMessage());
      }
    }
  }

  private NodeSettings settings(Family family) {
    return nodeView.settings(family, informers.node(), informers.serviceCidrs());
  }

  @Override
  public void serviceChanged() {
    metrics.serviceChanged(clock.now());
    changed();
  }

  @Override
  public void endpointsChanged(EndpointSlice slice) {
    metrics.endpointsChanged(clock.now());
    if (informers.synced() && slice != null && slice.getMetadata().getAnnotations() != null) {
      noteTrigger(slice.getMetadata().getAnnotations().get(TRIGGER_TIME));
    }
    changed();
  }

  private void noteTrigger(String time) {
    if (time == null) {
      return;
    }
    try {
      triggers.add(Instant.parse(time));
    } catch (DateTimeParseException wrong) {
      LOG.debug("Ignoring trigger time {}", time);
    }
  }

  @Override
  public void nodeChanged(Node node) {
    health.node(node);
    changed();
  }

  @Override
  public void otherChanged() {
    changed();
  }

  private void changed() {
    if (informers.synced()) {
      health.queued();
    }
    runner.request();
  }

  private void work() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        runner.await();
        if (informers.synced()) {
          sync();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error bug) {
      LOG.error("The proxy's sync ended unexpectedly", bug);
      environment.failures().failed(name(), bug.toString());
    }
  }

  private void sync() {
    boolean full = fullWanted.getAndSet(false);
    metrics.begun();
    boolean good = true;
    boolean unfinished = false;
    int internal = 0;
    int external = 0;
    for (FamilySync family : families.values()) {
      ServiceMap services = ServiceMap.of(family.family(), nodeName, informers.services(), informers.slices());
      try {
        ProxyBackend.Result result = family.sync(services, full);
        unfinished |= result.unfinished();
        internal += result.withoutLocalInternal();
        external += result.withoutLocalExternal();
        latest.put(family.family(), services);
      } catch (NetlinkException problem) {
        good = false;
        metrics.failed(family.family());
        LOG.error("nftables sync failed for {} and will be tried again: {}", family.family().label(), problem.getMessage());
      }
    }
    if (good) {
      finish(internal, external);
      if (unfinished) {
        runner.requestAfter(LEFTOVER_DELAY);
      }
    } else {
      fullWanted.set(true);
      runner.requestAfter(RETRY_DELAY);
    }
  }

  private void finish(int internal, int external) {
    health.updated();
    metrics.withoutLocal(internal, external);
    serviceHealth.sync(List.copyOf(latest.values()));
    for (Instant trigger = triggers.poll(); trigger != null; trigger = triggers.poll()) {
      metrics.programmed(Duration.between(trigger, clock.now()));
    }
  }

  /** The port where metrics are served, zero when they are not; for callers that asked for any port. */
  public int metricsPort() {
    return endpoints == null ? 0 : endpoints.metricsPort();
  }

  /** The port where health is served, zero when it is not. */
  public int healthPort() {
    return endpoints == null ? 0 : endpoints.healthPort();
  }

  @Override
  public synchronized void close() {
    if (resync != null) {
      resync.cancel();
      resync = null;
    }
    if (informers != null) {
      informers.close();
    }
    if (thread != null) {
      thread.interrupt();
      joined(thread);
      thread = null;
    }
    serviceHealth.close();
    if (endpoints != null) {
      endpoints.close();
      endpoints = null;
    }
    if (netlink != null) {
      netlink.close();
      netlink = null;
    }
    if (client != null) {
      client.close();
      client = null;
    }
  }

  private static void joined(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
