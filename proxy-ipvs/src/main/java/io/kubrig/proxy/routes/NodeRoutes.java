package io.kubrig.proxy.routes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.proxy.netlink.LinuxNetlink;
import io.kubrig.proxy.netlink.NetlinkException;
import io.kubrig.proxy.nftables.Family;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the kernel's routes to the pods of other nodes as the nodes publish them; whoever else takes one away, it is back after a period.
 * The routes stay when this stops: the next start takes them over. One thread writes to the kernel.
 */
public final class NodeRoutes implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRoutes.class);

  private final String nodeName;
  private final ClientSettings clientSettings;
  private final Duration period;
  private final Environment environment;
  private final Semaphore due = new Semaphore(0);
  private KubernetesClient client;
  private LinuxNetlink netlink;
  private SharedIndexInformer<Node> nodes;
  private Clock.Timer resync;
  private Thread thread;

  /** @param period after which the kernel is looked at though no node changed */
  public NodeRoutes(String nodeName, ClientSettings clientSettings, Duration period, Environment environment) {
    this.nodeName = nodeName;
    this.clientSettings = clientSettings;
    this.period = period;
    this.environment = environment;
  }

  @Override
  public String name() {
    return "node-routes";
  }

  @Override
  public void start() {
    try {
      netlink = LinuxNetlink.openRoutes();
    } catch (NetlinkException problem) {
      throw new StartException("the kernel's routes cannot be reached: run as root (CAP_NET_ADMIN): " + problem.getMessage(), problem);
    }
    client = environment.clients().open(clientSettings);
    nodes = client.nodes().runnableInformer(0);
    nodes.exceptionHandler((started, problem) -> {
      LOG.warn("Watching nodes for their routes failed and will be tried again: {}", problem.toString());
      return true;
    });
    nodes.addEventHandler(new Wake());
    KernelRoutes kernel = new KernelRoutes(netlink);
    thread = Thread.ofPlatform().name("node-routes").daemon().start(() -> work(kernel));
    nodes.start().whenComplete((nothing, problem) -> due.release());
    resync = environment.clock().every(period, due::release);
  }

  private void work(KernelRoutes kernel) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        due.acquire();
        due.drainPermits();
        if (nodes.hasSynced()) { // before, every route would seem to lead nowhere
          sync(kernel);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error bug) {
      LOG.error("The sync of routes ended unexpectedly", bug);
      environment.failures().failed(name(), bug.toString());
    }
  }

  private void sync(KernelRoutes kernel) {
    for (Family family : Family.values()) {
      try {
        kernel.make(family, PublishedRoutes.of(family, nodeName, nodes.getStore().list()));
      } catch (NetlinkException problem) {
        LOG.error("The routes of {} could not be read and will be looked at again: {}", family.label(), problem.getMessage());
      }
    }
  }

  /** Takes all routes of ours out of this node's kernel. */
  public static void cleanUp() throws NetlinkException {
    try (LinuxNetlink netlink = LinuxNetlink.openRoutes()) {
      for (Family family : Family.values()) {
        new KernelRoutes(netlink).make(family, Map.of());
      }
    }
  }

  @Override
  public synchronized void close() {
    if (resync != null) {
      resync.cancel();
    }
    if (nodes != null) {
      nodes.close();
    }
    if (thread != null) {
      thread.interrupt();
      joined(thread);
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

  /** Nodes that came, went, or say other routes. */
  private final class Wake implements ResourceEventHandler<Node> {
    @Override
    public void onAdd(Node node) {
      due.release();
    }

    @Override
    public void onUpdate(Node before, Node after) {
      boolean same = Objects.equals(before.getMetadata().getAnnotations(), after.getMetadata().getAnnotations())
          && Objects.equals(addresses(before), addresses(after)) && Objects.equals(before.getSpec(), after.getSpec());
      if (!same) {
        due.release();
      }
    }

    private static List<NodeAddress> addresses(Node node) {
      return node.getStatus() == null ? null : node.getStatus().getAddresses();
    }

    @Override
    public void onDelete(Node node, boolean unknownState) {
      due.release();
    }
  }
}
