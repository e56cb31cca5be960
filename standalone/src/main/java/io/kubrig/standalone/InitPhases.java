package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.component.KubernetesVersion;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.ClusterPki;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.standalone.kubeadm.BootstrapToken;
import io.kubrig.standalone.kubeadm.ClusterConfiguration;
import io.kubrig.standalone.kubeadm.ClusterInfo;
import io.kubrig.standalone.kubeadm.InitConfiguration;
import io.kubrig.standalone.kubeadm.JoinLine;
import io.kubrig.standalone.kubeadm.Permissions;
import io.kubrig.standalone.kubeadm.SharedObjects;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What {@code init} does, phase by phase, in kubeadm's order and words. */
final class InitPhases {
  private static final String CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
  private static final String EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";
  private static final Duration START = Duration.ofMinutes(4);
  private static final Duration REGISTRATION = Duration.ofMinutes(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final DataDirectory directory;
  private final InitConfiguration configuration;
  private final ClusterSettings settings;
  private final ClusterPlan plan;
  private final NodePlan node;
  private final boolean withholdToken;
  private final Clock clock = Clock.system();
  private final PrintStream out = System.out;

  InitPhases(DataDirectory directory, InitConfiguration configuration, boolean withholdToken) {
    this.directory = directory;
    this.configuration = configuration;
    this.settings = ClusterSettings.of(directory, configuration);
    this.plan = new ClusterPlan(settings);
    this.node = new NodePlan(directory, settings.nodeName(), settings.address(), settings.pki().resolve("ca.crt"));
    this.withholdToken = withholdToken;
  }

  void run() throws InterruptedException, IOException {
    out.println("[init] Using Kubernetes version: " + KubernetesVersion.GIT_VERSION);
    out.println("[preflight] Running pre-flight checks");
    MachineChecks.ofInit(settings, plan).run(System.err);
    directory.take().close();
    ClusterPki pki = new ClusterPki(settings.pki(), clock);
    certificates(pki);
    kubeconfigs(pki);
    PemFiles.directory(directory.kubelet());
    out.println("[kubelet-start] Writing kubelet configuration to file \"" + node.kubeletConfig() + "\"");
    PemFiles.write(node.kubeletConfig(), node.kubeletConfig(kubeletConfiguration()));
    PemFiles.write(directory.kubeadmConfig(), configuration.yaml());
    startEverything();
    try (KubernetesClient admin = new KubeconfigClients().open(ClientSettings.of("kubrig", directory.adminKubeconfig().toString()))) {
      configureCluster(admin, pki);
    }
    finish(pki);
  }

  private String kubeletConfiguration() {
    return SharedObjects.kubeletConfig(configuration.cluster()).getData().get(SharedObjects.KUBELET);
  }

  private void certificates(ClusterPki pki) {
    out.println("[certs] Using certificateDir folder \"" + settings.pki() + "\"");
    List<String> authorities = List.of("ca", "front-proxy-ca");
    List<String> leaves = List.of("apiserver", "apiserver-kubelet-client", "front-proxy-client");
    Collection<String> before = new ArrayList<>(authorities);
    before.addAll(leaves);
    before.add("sa");
    before.removeIf(name -> !Files.exists(pki.file(name + ".key")));
    pki.ensure(plan.serverNames(), plan.serverAddresses());
    for (String name : List.of("ca", "apiserver", "apiserver-kubelet-client", "front-proxy-ca", "front-proxy-client")) {
      if (!before.contains(name)) {
        out.println("[certs] Generating \"" + name + "\" certificate and key");
      } else {
        out.println(authorities.contains(name) ? "[certs] Using existing " + name + " certificate authority"
            : "[certs] Using existing " + name + " certificate and key on disk");
      }
      if (name.equals("apiserver")) {
        out.println("[certs] apiserver serving cert is signed for DNS names " + bracketed(plan.serverNames()) + " and IPs "
            + bracketed(plan.serverAddresses().stream().map(InetAddress::getHostAddress).toList()));
      }
    }
    out.println(before.contains("sa") ? "[certs] Using the existing \"sa\" key" : "[certs] Generating \"sa\" key and public key");
  }

  private static String bracketed(List<String> names) {
    return "[" + String.join(" ", names) + "]";
  }

  private void kubeconfigs(ClusterPki pki) {
    out.println("[kubeconfig] Using kubeconfig folder \"" + directory.path() + "\"");
    List<ClusterPlan.User> users = new ArrayList<>(plan.users());
    users.add(1, plan.superAdmin());
    users.add(2, plan.kubelet());
    for (ClusterPlan.User user : users) {
      out.println("[kubeconfig] Writing \"" + user.file() + ".conf\" kubeconfig file");
      pki.kubeconfig(directory.kubeconfig(user.file()), user.server(), user.name(), user.certificate());
    }
  }

  private void startEverything() throws InterruptedException, IOException {
    out.println("[kubelet-start] Starting the kubelet");
    out.println("[wait-control-plane] Waiting for the control plane and the kubelet, which run in one process with the log \""
        + directory.log() + "\". This can take up to 4m0s");
    Detached.Outcome outcome = new Detached(directory, new Progress(out, clock, false))
        .launch(List.of("up", "--data-dir=" + directory.path()), START);
    if (!outcome.ready()) {
      throw new StartException("the control plane did not become ready:\n" + outcome.said().strip() + "\nIts log is " + directory.log()
          + ". 'kubrig reset --data-dir " + directory.path() + "' removes what is there, for another try");
    }
    outcome.said().lines().forEach(line -> out.println("[wait-control-plane] " + line.strip()));
  }

  private void configureCluster(KubernetesClient admin, ClusterPki pki) throws InterruptedException {
    ClusterConfiguration cluster = configuration.cluster();
    out.println("[upload-config] Storing the configuration used in ConfigMap \"kubeadm-config\" in the \"kube-system\" Namespace");
    apply(admin, List.of(SharedObjects.kubeadmConfig(cluster)));
    apply(admin, Permissions.reading("kubeadm:nodes-kubeadm-config", SharedObjects.KUBEADM_CONFIG));
    out.println("[kubelet] Creating a ConfigMap \"kubelet-config\" in namespace kube-system with the configuration for the kubelets in the "
        + "cluster");
    apply(admin, List.of(SharedObjects.kubeletConfig(cluster)));
    apply(admin, Permissions.reading("kubeadm:kubelet-config", SharedObjects.KUBELET_CONFIG));
    out.println("[upload-certs] Skipping phase. Control planes of more than one machine are not there");
    markControlPlane(admin);
    bootstrapTokens(admin);
    out.println("[bootstrap-token] Creating the \"cluster-info\" ConfigMap in the \"kube-public\" namespace");
    ClusterInfo info = new ClusterInfo(settings.publicServer(), PemFiles.text(pki.authority().own().chain()));
    apply(admin, List.of(SharedObjects.clusterInfo(info)));
    apply(admin, Permissions.readingClusterInfo());
    out.println("[kubelet-finalize] Updating \"" + node.kubeconfig() + "\" to point to a rotatable kubelet client certificate and key");
    RotatableKubeconfig.write(node.kubeconfig(), node.clientCertificate());
    apply(admin, List.of(Permissions.proxies()));
    out.println("[addons] The cluster's DNS server runs in this process, a service proxy in that of every node");
  }

  private void markControlPlane(KubernetesClient admin) throws InterruptedException {
    String name = settings.nodeName();
    List<Taint> taints = configuration.node().taints();
    out.println("[mark-control-plane] Marking the node " + name + " as control-plane by adding the labels: [" + CONTROL_PLANE + " "
        + EXCLUDED + "]");
    if (!taints.isEmpty()) {
      out.println("[mark-control-plane] Marking the node " + name + " as control-plane by adding the taints " + taints.stream()
          .map(InitPhases::text).collect(Collectors.joining(" ", "[", "]")));
    }
    awaitNode(admin, name);
    admin.nodes().withName(name).edit(present -> marked(present, taints));
  }

  private static Node marked(Node present, List<Taint> taints) {
    List<Taint> all = new ArrayList<>(taints);
    present.getSpec().getTaints().stream().filter(taint -> !taints.contains(taint)).forEach(all::add);
    return new NodeBuilder(present).editMetadata().addToLabels(CONTROL_PLANE, "").addToLabels(EXCLUDED, "").endMetadata()
        .editSpec().withTaints(all).endSpec().build();
  }

  private static String text(Taint taint) {
    String value = taint.getValue() == null || taint.getValue().isEmpty() ? "" : "=" + taint.getValue();
    return taint.getKey() + value + ":" + taint.getEffect();
  }

  private void awaitNode(KubernetesClient admin, String name) throws InterruptedException {
    Instant end = clock.now().plus(REGISTRATION);
    while (admin.nodes().withName(name).get() == null) {
      if (clock.now().isAfter(end)) {
        throw new StartException("the kubelet did not register the node " + name + " within " + REGISTRATION.toSeconds() + " s: see "
            + directory.log());
      }
      clock.sleep(BETWEEN_LOOKS);
    }
  }

  private void bootstrapTokens(KubernetesClient admin) {
    if (!withholdToken) {
      out.println(configuration.tokens().size() == 1 ? "[bootstrap-token] Using token: " + configuration.tokens().getFirst().text()
          : "[bootstrap-token] Using tokens: " + bracketed(configuration.tokens().stream().map(BootstrapToken::text).toList()));
    }
    out.println("[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles");
    configuration.tokens().forEach(token -> apply(admin, List.of(token.toSecret())));
    out.println("[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to get nodes");
    apply(admin, Permissions.gettingNodes());
    out.println("[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to post CSRs in order for nodes to get long term "
        + "certificate credentials");
    apply(admin, List.of(Permissions.askingForCertificates()));
    out.println("[bootstrap-token] Configured RBAC rules to allow the csrapprover controller automatically approve CSRs from a Node "
        + "Bootstrap Token");
    apply(admin, List.of(Permissions.firstCertificates()));
    out.println("[bootstrap-token] Configured RBAC rules to allow certificate rotation for all node client certificates in the cluster");
    apply(admin, List.of(Permissions.renewals()));
    out.println("[bootstrap-token] Configured RBAC rules to allow the API server kubelet client certificate to access the kubelet API");
    apply(admin, List.of(Permissions.kubeletApi()));
  }

  private static void apply(KubernetesClient admin, List<HasMetadata> objects) {
    objects.forEach(object -> admin.resource(object).createOr(NonDeletingOperation::update));
  }

  private void finish(ClusterPki pki) {
    Path admin = directory.adminKubeconfig();
    out.print("""

        Your Kubernetes control-plane has initialized successfully!

        To start using your cluster, you need to run the following as a regular user:

          mkdir -p $HOME/.kube
          sudo cp -i %s $HOME/.kube/config
          sudo chown $(id -u):$(id -g) $HOME/.kube/config

        Alternatively, if you are the root user, you can run:

          export KUBECONFIG=%s

        The cluster goes on in the background. After a restart of the machine it is started again with

          kubrig up --detach --data-dir %s

        Then you can join any number of worker nodes by running the following on each as root:

        """.formatted(admin, admin, directory.path()));
    for (BootstrapToken token : configuration.tokens()) {
      out.println(JoinLine.of(configuration.endpoint(), withholdToken ? "<value withheld>" : token.text(),
          List.of(pki.authority().certificate())));
    }
  }
}
