package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.KubeconfigClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code kubrig status}: whether the cluster runs and how it is. Exit code 0 when it is ready, 1 when it is not, 3 when it does not run.
 */
@Command(name = "status", description = "Tells whether the cluster runs and how it is.")
final class StatusCommand implements Callable<Integer> {
  private static final int NOT_RUNNING = 3;

  @Mixin private DataDirectoryOption data;

  @Override
  public Integer call() {
    DataDirectory directory = data.directory();
    Optional<ProcessHandle> process = directory.holder();
    if (process.isEmpty()) {
      System.out.println("No cluster runs on " + directory.path() + ".");
      return NOT_RUNNING;
    }
    System.out.println("Process " + process.get().pid() + " runs the cluster on " + directory.path() + ".");
    try (KubernetesClient client = new KubeconfigClients().open(ClientSettings.of("kubrig", kubeconfig(directory).toString()))) {
      System.out.println("API server: " + client.getMasterUrl() + " " + client.raw("/readyz"));
      client.nodes().list().getItems().forEach(node -> System.out.println("Node " + node.getMetadata().getName() + ": " + readiness(node)));
      return 0;
    } catch (KubernetesClientException e) {
      System.out.println("The API server does not answer as ready: " + e.getMessage());
      return 1;
    }
  }

  /** The administrator's; that of the kubelet on a machine that joined a cluster. */
  private static Path kubeconfig(DataDirectory directory) {
    Path kubelet = directory.kubeconfig("kubelet");
    boolean joined = !Files.exists(directory.adminKubeconfig()) && Files.exists(kubelet);
    return joined ? kubelet : directory.adminKubeconfig();
  }

  private static String readiness(Node node) {
    return node.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .map(NodeCondition::getStatus)
        .findFirst()
        .map(status -> status.equals("True") ? "Ready" : "NotReady")
        .orElse("Unknown");
  }
}
