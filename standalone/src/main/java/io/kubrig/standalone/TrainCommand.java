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
 * Starts a small cluster, uses it a little and stops it, so that the virtual machine can record what starting and common requests need. The
 * launcher runs it after a build with {@code -XX:AOTCacheOutput}.
 */
@Command(name = "train", hidden = true, description = "Starts a small cluster, uses it a little and stops it.")
final class TrainCommand implements Callable<Integer> {
  @Mixin private DataDirectoryOption data;

  @Override
  public Integer call() throws InterruptedException, IOException {
    DataDirectory directory = data.directory();
    Progress progress = new Progress(System.out, Clock.system(), false);
    Environment environment = Environment.ofProcess((component, reason) -> System.err.println(component + ": " + reason));
    try (DataDirectory.Held held = directory.take()) {
      ClusterSettings settings =
          new ClusterSettings(directory, new NodeMode.Simulated(1), "embedded", freePort(), "localhost",
              InetAddress.ofLiteral("127.0.0.1"));
      try (Cluster cluster = new Cluster(settings, environment, progress)) {
        cluster.start();
        held.announceReady();
        try (KubernetesClient client = new KubeconfigClients().open(ClientSettings.of("kubrig", directory.adminKubeconfig().toString()))) {
          new TrainingLoad(client).run();
        }
      }
    } catch (StartException e) {
      System.err.println(e.getMessage());
      return 1;
    }
    return 0;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
