package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.apiserver.server.ApiServerComponent;
import io.kubrig.kubelet.containerd.LocalRuntime;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.pki.ClusterPki;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.standalone.inprocess.InProcessSource;
import io.kubrig.standalone.simulated.AnnotatedScript;
import io.kubrig.standalone.simulated.SimulatedKubelets;
import io.kubrig.standalone.simulated.SimulatedNodes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All components of a cluster in this process: started one after the other, stopped in the opposite order. */
final class Cluster implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration PART_STOPS_WITHIN = Duration.ofSeconds(10);
  private static final Duration BETWEEN_PROBES = Duration.ofMillis(20);

  private final ClusterSettings settings;
  private final ClusterPlan plan;
  private final Environment environment;
  private final Progress progress;
  private final boolean networked;
  private volatile ClientSource clients = new KubeconfigClients(); // the API server's own; for the others that server itself, once it runs
  private final Deque<AutoCloseable> running = new ArrayDeque<>(); // guarded by itself
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
  }

  /** Starts everything and returns when the API server is ready and the other components run. */
  void start() throws InterruptedException {
    progress.begins("Making keys and certificates");
    prepareKeys();
    progress.done("Keys and certificates are in " + settings.directory().pki());
    apiServer = (ApiServerComponent) start(Components.API_SERVER, plan.apiServer());
    if (!networked) {
      clients = new InProcessSource(apiServer.server());
    }
    KubernetesClient admin = keep(clients.open(ClientSettings.of("kubrig", settings.directory().adminKubeconfig().toString())));
    awaitReady(admin);
    progress.done("The API server is ready on " + settings.server());
    together(
        List.of(
            () -> start(Components.CONTROLLER_MANAGER, plan.controllerManager()),
            () -> start(Components.SCHEDULER, plan.scheduler()),
            () -> startNodes(admin)));
  }

  private void startNodes(KubernetesClient admin) throws InterruptedException {
    switch (settings.node()) {
      case NodeMode.Simulated simulated -> startSimulated(admin, simulated.count());
      case NodeMode.Containerd containerd ->
          together(List.of(() -> start(Components.PROXY, plan.proxy()), () -> startDns(admin), () -> startContainers(admin)));
    }
  }

  private void startDns(KubernetesClient admin) throws InterruptedException {
    ClusterDns.authorize(admin);
    start(Components.DNS, plan.dns());
    ClusterDns.publish(admin, settings.address().getHostAddress(), plan.dnsPort());
  }

  private void startContainers(KubernetesClient admin) throws InterruptedException {
    progress.begins("Starting containerd");
    LocalRuntime runtime = keep(new LocalRuntime(settings.directory().node(), environment.clock()));
    runtime.start();
    // the range that the node IPAM controller gives the first node; known before, it need not be waited for
    runtime.useRanges(List.of(ClusterSettings.FIRST_NODE_RANGE));
    runtime.followPodCidr(admin, settings.nodeName());
    runtime.awaitImage();
    progress.done("containerd runs");
    bindAdministrators(admin);
    PemFiles.write(settings.directory().kubeletConfig(), plan.kubeletConfig());
    start(Components.KUBELET, plan.kubelet(runtime.endpoint(), runtime.cgroupRoot()));
  }

  /** The group of the API server's certificate towards kubelets; kubeadm binds it in the same way. */
  private static void bindAdministrators(KubernetesClient admin) {
    ClusterRoleBinding binding =
        new ClusterRoleBindingBuilder()
            .withNewMetadata()
            .withName("kubeadm:cluster-admins")
            .endMetadata()
            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
            .addNewSubject("rbac.authorization.k8s.io", "Group", "kubeadm:cluster-admins", null)
            .build();
    if (admin.rbac().clusterRoleBindings().withName(binding.getMetadata().getName()).get() == null) {
      admin.rbac().clusterRoleBindings().resource(binding).create();
    }
  }

  /** Something to start that may fail or be interrupted. */
  @FunctionalInterface
  private interface Step {
    void run() throws InterruptedException;
  }

  /** Runs steps side by side; throws the first failure at once, without waiting for the others: {@link #close} ends them. */
  private static void together(List<Step> steps) throws InterruptedException {
    BlockingQueue<Optional<RuntimeException>> outcomes = new LinkedBlockingQueue<>();
    for (Step step : steps) {
      Thread.ofVirtual().start(() -> outcomes.add(outcome(step)));
    }
    for (int i = 0; i < steps.size(); i++) {
      Optional<RuntimeException> problem = outcomes.take();
      if (problem.isPresent()) {
        throw problem.get();
      }
    }
  }

  private static Optional<RuntimeException> outcome(Step step) {
    try {
      step.run();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      Object reason = e.getMessage() == null ? e.getCause() : e.getMessage();
      return Optional.of(new StartException("a part of the cluster could not start: " + reason, e));
    } catch (RuntimeException e) {
      return Optional.of(e);
    } catch (InterruptedException e) {
      return Optional.of(new StartException("the start was interrupted", e));
    }
  }

  private void prepareKeys() throws InterruptedException {
    ClusterPki pki = new ClusterPki(settings.directory().pki(), environment.clock());
    pki.ensure(plan.serverNames(), plan.serverAddresses());
    List<Step> writers = new ArrayList<>();
    for (ClusterPlan.User user : plan.users()) {
      Path file = settings.directory().kubeconfig(user.file());
      writers.add(() -> pki.kubeconfig(file, settings.server(), user.name(), user.certificate()));
    }
    together(writers);
  }

  private Component start(Components which, List<String> args) throws InterruptedException {
    progress.begins("Starting the " + which.command());
    ComponentFactory factory = which.factory();
    Component component = keep(factory.create(factory.flags().parse(args),
        environment.withMetrics(new KubernetesRegistry()).withClients(clients)));
    component.start();
    progress.done(which.command() + " runs");
    return component;
  }

  private void startSimulated(KubernetesClient admin, int count) throws InterruptedException {
    progress.begins("Starting " + count + " simulated nodes");
    SimulatedKubelets kubelets = keep(new SimulatedKubelets(environment.clock()));
    apiServer.reach(kubelets);
    keep(new SimulatedNodes(admin, environment.clock(), environment.metrics(), SimulatedNodes.Settings.of(count), new AnnotatedScript(),
        kubelets)).start();
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

  private <C extends AutoCloseable> C keep(C closeable) {
    synchronized (running) {
      running.push(closeable);
    }
    return closeable;
  }

  /** Stops the parts, the last started first; one that does not stop in time is left behind, so that the others still stop cleanly. */
  @Override
  public void close() {
    for (AutoCloseable part = next(); part != null; part = next()) {
      AutoCloseable closing = part;
      Thread closer = Thread.ofVirtual().start(() -> close(closing));
      try {
        if (!closer.join(PART_STOPS_WITHIN)) {
          LOG.error("{} did not stop within {} s", closing.getClass().getSimpleName(), PART_STOPS_WITHIN.toSeconds());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private AutoCloseable next() {
    synchronized (running) {
      return running.poll();
    }
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOG.error("a part of the cluster did not stop cleanly", e);
    }
  }
}
