package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.apiserver.server.ApiServerComponent;
import io.kubrig.kubelet.containerd.LocalRuntime;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.ClusterPki;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.standalone.inprocess.InProcessSource;
import io.kubrig.standalone.kubeadm.Permissions;
import io.kubrig.standalone.simulated.AnnotatedScript;
import io.kubrig.standalone.simulated.SimulatedKubelets;
import io.kubrig.standalone.simulated.SimulatedNodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All components of a cluster in this process: started one after the other, stopped in the opposite order. */
final class Cluster implements KeptUp {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration BETWEEN_PROBES = Duration.ofMillis(20);

  private final ClusterSettings settings;
  private final ClusterPlan plan;
  private final Environment environment;
  private final Progress progress;
  private final boolean networked;
  private volatile ClientSource clients = new KubeconfigClients(); // the API server's own; for the others that server itself, once it runs
  private final Parts parts;
  private volatile ApiServerComponent apiServer; // null until it runs

  Cluster(ClusterSettings settings, Environment environment, Progress progress) {
    this(settings, environment, progress, false);
  }

  /** @param networked whether components reach the API server through the network, as when each is a process of its own */
  Cluster(ClusterSettings settings, Environment environment, Progress progress, boolean networked) {
    this.settings = settings;
    this.plan = new ClusterPlan(settings);
    this.environment = environment;
    this.progress = progress;
    this.networked = networked;
    this.parts = new Parts(environment, progress);
  }

  /** Starts everything and returns when the API server is ready and the other components run. */
  @Override
  public void start() throws InterruptedException {
    progress.begins("Making keys and certificates");
    prepareKeys();
    progress.done("Keys and certificates are in " + settings.pki());
    apiServer = (ApiServerComponent) start(Components.API_SERVER, plan.apiServer());
    if (!networked) {
      clients = new InProcessSource(apiServer.server());
    }
    KubernetesClient admin = parts.keep(clients.open(ClientSettings.of("kubrig", administrator().toString())));
    awaitReady(admin);
    progress.done("The API server is ready on " + settings.server());
    Parts.together(
        List.of(
            () -> start(Components.CONTROLLER_MANAGER, plan.controllerManager()),
            () -> start(Components.SCHEDULER, plan.scheduler()),
            () -> startNodes(admin)));
  }

  /** Whoever may do everything: where others join, {@code admin.conf} may do so once its group is bound to the role. */
  private Path administrator() {
    Path before = settings.directory().kubeconfig("super-admin");
    return settings.joinable() && Files.exists(before) ? before : settings.directory().adminKubeconfig();
  }

  private void startNodes(KubernetesClient admin) throws InterruptedException {
    switch (settings.node()) {
      case NodeMode.Simulated simulated -> startSimulated(admin, simulated.count());
      case NodeMode.Containerd containerd ->
          Parts.together(List.of(() -> start(Components.PROXY, plan.proxy()), () -> startDns(admin), () -> startContainers(admin)));
    }
  }

  private void startDns(KubernetesClient admin) throws InterruptedException {
    ClusterDns.authorize(admin);
    start(Components.DNS, plan.dns());
    ClusterDns.publish(admin, settings.networking().clusterDns().getHostAddress(), settings.address().getHostAddress(), plan.dnsPort());
  }

  private void startContainers(KubernetesClient admin) throws InterruptedException {
    bindAdministrators(admin);
    if (!settings.criSocket().isEmpty()) {
      startKubelet(settings.criSocket(), "");
      return;
    }
    progress.begins("Starting containerd");
    LocalRuntime runtime = parts.keep(new LocalRuntime(settings.directory().node(), environment.clock()));
    runtime.start();
    // the range that the node IPAM controller gives the first node; known before, it need not be waited for
    runtime.useRanges(List.of(settings.networking().firstNodeRange()));
    runtime.followPodCidr(admin, settings.nodeName());
    runtime.awaitImage();
    progress.done("containerd runs");
    startKubelet(runtime.endpoint(), runtime.cgroupRoot());
  }

  private void startKubelet(String endpoint, String cgroupRoot) throws InterruptedException {
    if (settings.joinable()) { // as on every other machine: through the network, with a certificate that it renews
      parts.start(Components.KUBELET, plan.kubelet(endpoint, cgroupRoot), new KubeconfigClients());
    } else {
      PemFiles.write(settings.directory().kubeletConfig(), plan.kubeletConfig());
      start(Components.KUBELET, plan.kubelet(endpoint, cgroupRoot));
    }
  }

  /** The group of the API server's certificate towards kubelets; kubeadm binds it in the same way. */
  private static void bindAdministrators(KubernetesClient admin) {
    HasMetadata binding = Permissions.administrators();
    if (admin.rbac().clusterRoleBindings().withName(binding.getMetadata().getName()).get() == null) {
      admin.resource(binding).create();
    }
  }

  private void prepareKeys() throws InterruptedException {
    ClusterPki pki = new ClusterPki(settings.pki(), environment.clock());
    pki.ensure(plan.serverNames(), plan.serverAddresses());
    List<Parts.Step> writers = new ArrayList<>();
    for (ClusterPlan.User user : plan.users()) {
      Path file = settings.directory().kubeconfig(user.file());
      writers.add(() -> pki.kubeconfig(file, user.server(), user.name(), user.certificate()));
    }
    Parts.together(writers);
  }

  private Component start(Components which, List<String> args) throws InterruptedException {
    return parts.start(which, args, clients);
  }

  private void startSimulated(KubernetesClient admin, int count) throws InterruptedException {
    progress.begins("Starting " + count + " simulated nodes");
    SimulatedKubelets kubelets = parts.keep(new SimulatedKubelets(environment.clock()));
    apiServer.reach(kubelets);
    SimulatedNodes.Settings wanted = SimulatedNodes.Settings.of(count);
    parts.keep(new SimulatedNodes(admin, environment.clock(), environment.metrics(), wanted, new AnnotatedScript(), kubelets)).start();
    progress.done(count + (count == 1 ? " simulated node is" : " simulated nodes are")
        + " ready: pods run in name only, without containers");
  }

  private void awaitReady(KubernetesClient client) throws InterruptedException {
    Instant deadline = environment.clock().now().plus(READY_WITHIN);
    while (true) {
      try {
        if ("ok".equals(client.raw("/readyz"))) {
          return;
        }
      } catch (KubernetesClientException e) {
        LOG.debug("the API server is not ready yet: {}", e.getMessage());
        if (environment.clock().now().isAfter(deadline)) {
          throw new StartException("the API server did not become ready within " + READY_WITHIN.toSeconds() + " s: " + e.getMessage(), e);
        }
      }
      environment.clock().sleep(BETWEEN_PROBES);
    }
  }

  @Override
  public void close() {
    parts.close();
  }
}
