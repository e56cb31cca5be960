package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.standalone.kubeadm.BootstrapKubeconfig;
import io.kubrig.standalone.kubeadm.BootstrapToken;
import io.kubrig.standalone.kubeadm.ClusterConfiguration;
import io.kubrig.standalone.kubeadm.ClusterInfo;
import io.kubrig.standalone.kubeadm.Discovery;
import io.kubrig.standalone.kubeadm.JoinConfiguration;
import io.kubrig.standalone.kubeadm.KubeadmFile;
import io.kubrig.standalone.kubeadm.PublicKeyPins;
import io.kubrig.standalone.kubeadm.SharedObjects;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;

/** What {@code join} does, phase by phase, in kubeadm's order and words. */
final class JoinPhases {
  private final DataDirectory directory;
  private final JoinConfiguration join;
  private final NodePlan node;
  private final Clock clock = Clock.system();
  private final PrintStream out = System.out;

  JoinPhases(DataDirectory directory, JoinConfiguration join) {
    this.directory = directory;
    this.join = join;
    this.node = new NodePlan(directory, join.node().name(), UpCommand.address(), join.caCertPath());
  }

  void run() throws InterruptedException, IOException {
    out.println("[preflight] Running pre-flight checks");
    MachineChecks.ofJoin(node, join).run(System.err);
    BootstrapKubeconfig found = discover();
    directory.take().close();
    PemFiles.write(node.bootstrapKubeconfig(), found.text());
    try {
      prepare(found);
    } catch (RuntimeException e) {
      Files.deleteIfExists(node.bootstrapKubeconfig()); // so that another try finds the machine as it was
      throw e;
    }
    start();
    Files.deleteIfExists(node.bootstrapKubeconfig());
    out.print("""

        This node has joined the cluster:
        * Certificate signing request was sent to apiserver and a response was received.
        * The Kubelet was informed of the new secure connection details.

        It goes on in the background. After a restart of the machine it is started again with

          kubrig up --detach --data-dir %s

        Run 'kubectl get nodes' on the control-plane to see this node join the cluster.

        """.formatted(directory.path()));
  }

  private BootstrapKubeconfig discover() throws InterruptedException {
    JoinConfiguration.FoundBy by = join.discovery();
    if (!by.file().isEmpty()) {
      return BootstrapKubeconfig.ofFile(by.file(), join.tlsBootstrapToken());
    }
    Discovery discovery = new Discovery(ClusterInfoReader::read, clock, join.timeouts().discovery());
    ClusterInfo info = discovery.byToken(by.endpoint(), BootstrapToken.parse(by.token()), PublicKeyPins.of(by.hashes()));
    return BootstrapKubeconfig.of(info, join.tlsBootstrapToken());
  }

  /** Reads what all machines have in common, with the token, and writes what this one needs of it. */
  private void prepare(BootstrapKubeconfig found) {
    try (KubernetesClient client = new KubeconfigClients().open(ClientSettings.of("kubrig", node.bootstrapKubeconfig().toString()))) {
      out.println("[preflight] Reading configuration from the \"kubeadm-config\" ConfigMap in namespace \"kube-system\"...");
      KubeadmFile file = KubeadmFile.parse("kubeadm-config",
          content(client, SharedObjects.KUBEADM_CONFIG, SharedObjects.CLUSTER_CONFIGURATION));
      ClusterConfiguration cluster = ClusterConfiguration.of(file, new Remembered(directory).init().cluster());
      String kubelet = content(client, SharedObjects.KUBELET_CONFIG, SharedObjects.KUBELET);
      checkName(client);
      PemFiles.directory(join.caCertPath().getParent());
      PemFiles.write(join.caCertPath(), found.authority());
      PemFiles.directory(directory.kubelet());
      out.println("[kubelet-start] Writing kubelet configuration to file \"" + node.kubeletConfig() + "\"");
      PemFiles.write(node.kubeletConfig(), node.kubeletConfig(kubelet));
      PemFiles.write(directory.kubeadmConfig(), join.yaml(cluster));
    }
  }

  private static String content(KubernetesClient client, String name, String key) {
    try {
      ConfigMap map = client.configMaps().inNamespace("kube-system").withName(name).get();
      if (map == null || map.getData() == null || !map.getData().containsKey(key)) {
        throw new StartException("failed to get config map: configmaps \"" + name + "\" not found, or it has no key " + key
            + ": the cluster was made neither by 'kubrig init' nor by kubeadm");
      }
      return map.getData().get(key);
    } catch (KubernetesClientException e) {
      throw new StartException("failed to get config map \"" + name + "\": " + e.getMessage(), e);
    }
  }

  private void checkName(KubernetesClient client) {
    Node present;
    try {
      present = client.nodes().withName(node.name()).get();
    } catch (KubernetesClientException e) {
      throw new StartException("cannot get Node \"" + node.name() + "\": " + e.getMessage(), e);
    }
    boolean ready = present != null && present.getStatus() != null && present.getStatus().getConditions().stream()
        .anyMatch(condition -> condition.getType().equals("Ready") && condition.getStatus().equals("True"));
    if (ready) {
      throw new StartException("a Node with name \"" + node.name() + "\" and status \"Ready\" already exists in the cluster. You must "
          + "delete the existing Node or change the name of this new joining Node (--node-name)");
    }
  }

  private void start() throws InterruptedException, IOException {
    out.println("[kubelet-start] Starting the kubelet");
    out.println("[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap");
    Detached.Outcome outcome = new Detached(directory, new Progress(out, clock, false))
        .launch(List.of("up", "--data-dir=" + directory.path()), join.timeouts().tlsBootstrap());
    if (!outcome.ready()) {
      throw new StartException("the node did not start:\n" + outcome.said().strip() + "\nIts log is " + directory.log()
          + ". 'kubrig reset --data-dir " + directory.path() + "' removes what is there, for another try");
    }
  }
}
