package io.kubrig.standalone;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Starts a small cluster, uses it a little and stops it, so that the virtual machine can record what starting and common requests need; and
 * once more with components that reach the API server through the network, as when each is a process of its own. The launcher runs it after
 * a build with {@code -XX:AOTCacheOutput}.
 */
@Command(name = "train", hidden = true, description = "Starts a small cluster, uses it a little and stops it.")
final class TrainCommand implements Callable<Integer> {
  /** So many that the pods of {@link TrainingWork} find room. */
  private static final int NODES = 2;

  @Mixin private DataDirectoryOption data;

  @Override
  public Integer call() throws InterruptedException, IOException {
    DataDirectory directory = data.directory();
    Progress progress = new Progress(System.out, Clock.system(), false);
    Environment environment = Environment.ofProcess((component, reason) -> System.err.println(component + ": " + reason));
    int port = freePort();
    try (DataDirectory.Held held = directory.take()) {
      try (Cluster cluster = new Cluster(settings(directory, 1, "embedded", port), environment, progress);
          KubernetesClient client = started(cluster, directory)) {
        held.announceReady();
        new TrainingLoad(client).run();
      }
      try (Cluster cluster = new Cluster(settings(directory, NODES, "memory", port), environment, progress, true);
          KubernetesClient client = started(cluster, directory)) {
        new TrainingWork(client, environment.clock()).run();
      }
    } catch (StartException e) {
      System.err.println(e.getMessage());
      return 1;
    }
    return 0;
  }

  private static ClusterSettings settings(DataDirectory directory, int nodes, String storage, int port) {
    return new ClusterSettings(directory, new NodeMode.Simulated(nodes), storage, port, "localhost",
        InetAddress.ofLiteral("127.0.0.1"));
  }

  private static KubernetesClient started(Cluster cluster, DataDirectory directory) throws InterruptedException {
    cluster.start();
    return new KubeconfigClients().open(ClientSettings.of("kubrig", directory.adminKubeconfig().toString()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
