package io.kubrig.standalone;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Starts and stops a small cluster once, so that the virtual machine can record what starting needs. The launcher runs it after a build with
 * {@code -XX:AOTCacheOutput}.
 */
@Command(name = "train", hidden = true, description = "Starts and stops a small cluster once.")
final class TrainCommand implements Callable<Integer> {
  @Mixin private DataDirectoryOption data;

  @Override
  public Integer call() throws InterruptedException, IOException {
    DataDirectory directory = data.directory();
    Progress progress = new Progress(System.out, Clock.system(), false);
    Environment environment = Environment.ofProcess((component, reason) -> System.err.println(component + ": " + reason));
    try (DataDirectory.Held held = directory.take()) {
      ClusterSettings settings =
          new ClusterSettings(directory, new NodeMode.Simulated(1), "memory", freePort(), "localhost", InetAddress.ofLiteral("127.0.0.1"));
      try (Cluster cluster = new Cluster(settings, environment, progress)) {
        cluster.start();
        held.announceReady();
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
